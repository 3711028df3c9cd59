/**
 * One trace over two processes, in one file. As a host, this program starts itself as an engine, which asks it in return.
 * Both write what they did to a file of traces:
 *
 *     node --conditions=sidestream-source --import tsx samples/telemetry.ts traces.jsonl
 *     sidestream trace show traces.jsonl
 */
import { fileURLToPath } from 'node:url'
import { delay, from, map, of, switchMap } from 'rxjs'
import { engine, method, serve, t } from 'sidestream'
import { connect } from 'sidestream/host'
import { openTelemetry, traced } from 'sidestream/telemetry'

const [role, traceFile = 'traces.jsonl'] =
  process.argv[2] === 'engine' ? ['engine'] : ['host', process.argv[2]]

const counter = engine({
  name: 'counter',
  version: '1.0.0',
  methods: {
    'words.count': method({
      params: t.strict({ name: t.string }),
      result: t.number,
      handler: ({ name }, { request }) =>
        from(request('text.read', { name })).pipe(switchMap((text) => countWords(String(text)))),
    }),
  },
})

/** Slow enough to be seen. */
const countWords = (text: string) =>
  of(text).pipe(
    delay(50),
    map((it) => it.split(/\s+/).filter(Boolean).length),
    traced('count words'),
  )

const host = async (): Promise<void> => {
  const telemetry = await openTelemetry({
    service: { name: 'reader', version: '1.0.0' },
    file: { path: traceFile },
  })
  await telemetry.spanned('count the words of a text', async (traceId) => {
    const client = await connect({
      command: process.execPath,
      args: [...process.execArgv, fileURLToPath(import.meta.url), 'engine'],
      env: { SIDESTREAM_TELEMETRY__FILE__PATH: traceFile },
      methods: { 'text.read': () => 'to be or not to be' },
      telemetry,
    })
    console.log(`${await client.request('words.count', { name: 'hamlet' })} words`)
    await client.close()
    console.log(`To see where the time went: sidestream trace show ${traceFile} --id ${traceId}`)
  })
  await telemetry.close()
}

if (role === 'engine') await serve(counter)
else await host()
