/**
 * Two engines that are kept running. One is killed under a call, comes back, and answers the call that can be repeated.
 *
 *     node --conditions=sidestream-source --import tsx samples/host.ts
 */
import { engineType, moduleCommand, supervise } from 'sidestream/host'
import type echo from './echo.js'

const engines = supervise({
  engines: {
    echo: {
      ...moduleCommand('samples/echo.ts'),
      type: engineType<typeof echo>(),
      idempotent: ['sleep'],
    },
    vad: moduleCommand('samples/vad.ts'),
  },
})
engines.events$.subscribe(({ type, key }) => console.log(`${key} ${type}`))

await engines.ready()
const sum = await engines.engine('echo').request('add', { a: 2, b: 40 })
const audio = { path: 'samples/audio/librivox.wav' }
const speech = (await engines.engine('vad').request('vad.detect', { audio })) as {
  segments: unknown[]
}
console.log(`2 + 40 = ${sum}, and somebody speaks ${speech.segments.length} times`)

const nap = engines.engine('echo').request('sleep', { ms: 100 })
const [first] = engines.status
process.kill(first?.pid as number, 'SIGKILL') // as the system does when memory is short
console.log(`slept ${await nap} ms all the same`)
await engines.stop()
