/** T11 of the fault table: an engine that prints more than anybody reads. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { type Logger, noLogger } from '../../../src/ports/logger.js'
import { faultSuite, within } from './fault-suite.js'

const test = faultSuite('faults: stderr')

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
/** What this process holds on to: garbage apart, of which any reader of pipes makes much. */
const heldBytes = (): number => {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const bytes = 100 * 2 ** 20

test('T11: 100 MB of stderr cost no ping and no memory, and what is left out is counted', async (round) => {
  let dropped = 0
  let lines = 0
  const log: Logger = {
    ...noLogger,
    info: (_, text) => {
      if (text.startsWith('x')) lines += 1
    },
    warn: (facts: object) => {
      dropped += (facts as { dropped?: number }).dropped ?? 0
    },
    child: () => log,
  }
  const liveness = { every: 50, timeout: 1000 }
  const host = round.supervise({ engines: { it: { ...round.ours(), liveness } }, log })
  await host.supervisor.ready()
  const engine = host.supervisor.engine('it')
  const before = heldBytes()
  let most = 0
  const look = setInterval(() => {
    most = Math.max(most, heldBytes())
  }, 100)
  await within('the flood', engine.request('flood', { bytes }))
  clearInterval(look)
  most = Math.max(most, heldBytes())
  assert.equal(host.types(), ['starting', 'ready'], 'no ping was missed')
  assert.ok(host.hasPinged('it'), 'and some were sent')
  assert.ok(
    most - before < 32 * 2 ** 20,
    `it held ${Math.round((most - before) / 2 ** 20)} MiB more`,
  )
  await host.supervisor.stop()
  assert.ok(dropped > 0)
  assert.is(dropped + lines, Math.ceil(bytes / 151), 'each line was told or counted')
}, 1)

test.run()
