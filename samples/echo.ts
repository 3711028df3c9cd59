/**
 * Small methods to try an engine with: good ones, slow ones, and some that misbehave.
 *
 *     echo '{"jsonrpc":"2.0","id":1,"method":"add","params":{"a":1,"b":2}}' | sidestream run samples/echo.ts
 */
import { endWith, interval, map, take } from 'rxjs'
import { engine, method, t } from 'sidestream'

export default engine({
  name: 'echo',
  version: '1.0.0',
  description: 'Answers, waits, counts and fails, for trying things out.',
  methods: {
    echo: method({
      description: 'Answers with its params.',
      params: t.unknown,
      result: t.unknown,
      handler: (params) => params,
    }),
    add: method({
      description: 'Adds two numbers.',
      params: t.type({ a: t.number, b: t.number }),
      result: t.number,
      handler: ({ a, b }) => a + b,
    }),
    sleep: method({
      description: 'Answers after some time. A cancelled call stops its timer.',
      params: t.type({ ms: t.number }),
      result: t.number,
      handler: ({ ms }, { signal }) =>
        new Promise<number>((resolve) => {
          const timer = setTimeout(resolve, ms, ms)
          signal.addEventListener('abort', () => clearTimeout(timer))
        }),
    }),
    count: method({
      description: 'Tells each number from 1 as progress, and answers with the last one.',
      params: t.type({ to: t.number, everyMs: t.number }),
      progress: t.number,
      result: t.number,
      // Each value is progress, the last one the result. A cancelled call is unsubscribed, which stops the interval.
      handler: ({ to, everyMs }) =>
        interval(everyMs).pipe(
          take(to),
          map((index) => index + 1),
          endWith(to),
        ),
    }),
    fail: method({
      description: 'Throws. The caller is told the message; the cause stays in the log.',
      params: t.partial({ message: t.string }),
      handler: ({ message = 'failed as asked' }) => {
        throw new Error(message, { cause: new Error('the reason behind it') })
      },
    }),
    noisy: method({
      description: 'Prints where only frames may go: what it prints becomes log records.',
      result: t.number,
      handler: () => {
        console.log('from console.log')
        process.stdout.write('from process.stdout.write\n')
        return 1
      },
    }),
    block: method({
      description: 'Keeps the event loop from doing anything else.',
      params: t.type({ ms: t.number }),
      result: t.number,
      handler: ({ ms }) => {
        const end = performance.now() + ms
        while (performance.now() < end);
        return ms
      },
    }),
    big: method({
      description: 'Answers with a text of so many bytes.',
      params: t.type({ bytes: t.number }),
      result: t.string,
      handler: ({ bytes }) => '0123456789abcdef'.repeat(Math.ceil(bytes / 16)).slice(0, bytes),
    }),
    hang: method({
      description: 'Never answers, and ignores that it is cancelled.',
      handler: () => new Promise(() => {}),
    }),
  },
})
