/** A host in a process of its own: starts one engine as its argument says, calls it, and prints what became of that. */
import { connect, supervise } from 'sidestream/host'
import { openTelemetry } from 'sidestream/telemetry'

const { command, calls, isSupervised, stages } = JSON.parse(process.argv[2] ?? '')

const service = { name: 'the-host', version: '2.0.0' }
const telemetry = await openTelemetry({ service, stages, flushMs: 10_000 })

/** Of an engine that asks what it is to do: something else than the first time. */
let asked = 0
const methods = {
  lookup: ({ key }) => `value of ${key}`,
  next: () => {
    asked += 1
    return asked === 1 ? 'die' : 'live'
  },
}

const supervised = async () => {
  const restart = { backoff: { base: 10, factor: 1 } }
  const engines = { it: { ...command, methods, restart } }
  const supervisor = supervise({ engines, telemetry, blackBoxes: false })
  await supervisor.ready()
  const engine = supervisor.engine('it')
  return {
    request: (/** @type {string} */ method, /** @type {object} */ params) =>
      engine.request(method, params),
    close: () => supervisor.stop(),
  }
}

const engine = await telemetry.spanned('connecting', () =>
  isSupervised ? supervised() : connect({ ...command, methods, telemetry }),
)
const outcomes = []
for (const [method, params] of calls) {
  const outcome = telemetry.spanned(`asking ${method}`, () => engine.request(method, params))
  outcomes.push(
    await outcome.then(
      (result) => ({ result }),
      ({ kind, code }) => ({ kind, code }),
    ),
  )
}
await telemetry.spanned('closing', () => engine.close())
const undelivered = await telemetry.close()
process.stdout.write(JSON.stringify({ outcomes, undelivered }), () => process.exit())
