/** Methods of the engines that the process tests run. */
import { spawnSync } from 'node:child_process'
import { writeSync } from 'node:fs'
import { method, notification, t } from 'sidestream'

let notes = 0

export const notifications = {
  note: notification({
    handler: () => {
      notes += 1
    },
  }),
}

export const methods = {
  echo: method({ handler: (params) => params }),
  /** Answers when the host has answered, so that a test says how long a call is open. */
  ask: method({ handler: (_, context) => context.request('host.answer') }),
  sleep: method({
    params: t.type({ ms: t.number }),
    handler: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, ms)),
  }),
  hang: method({
    handler: (_, { signal, log }) => {
      signal.addEventListener('abort', () => log.info({}, 'hang aborted'))
      return new Promise(() => {})
    },
  }),
  block: method({
    params: t.type({ ms: t.number }),
    handler: ({ ms }) => {
      console.error('blocking')
      const end = performance.now() + ms
      while (performance.now() < end);
      return ms
    },
  }),
  /** Takes being stopped amiss. */
  clingy: method({
    handler: (_, { signal }) => {
      signal.addEventListener('abort', () => {
        for (;;);
      })
      return new Promise(() => {})
    },
  }),
  big: method({
    params: t.type({ bytes: t.number }),
    handler: ({ bytes }) => '0123456789abcdef'.repeat(Math.ceil(bytes / 16)).slice(0, bytes),
  }),
  noisy: method({
    handler: () => {
      console.log('from console.log\nin two lines')
      process.stdout.write('from process.stdout.write\n')
      return 1
    },
  }),
  consoles: method({
    handler: () => {
      console.error('an error with %d number', 1)
      console.warn({ a: 'warning' })
      console.debug('too fine to be logged')
      console.assert(true, 'unseen')
      console.assert(false, 'seen')
      console.group('a group')
      console.log('inside')
      console.groupEnd()
      console.table([{ a: 1 }])
      return null
    },
  }),
  /** What native code and child processes print, which JavaScript cannot catch. */
  native: method({
    handler: () => {
      writeSync(1, '{"from":"descriptor 1"}\n')
      const stdio = /** @type {const} */ (['ignore', 'inherit', 'ignore'])
      return spawnSync('echo', ['{"from":"a child"}'], { stdio }).status
    },
  }),
  /** Beside the log. */
  nativeErrors: method({ handler: () => writeSync(2, '{"from":"descriptor 2"}\n') }),
  trouble: method({
    handler: () => {
      process.emitWarning('this is old', 'DeprecationWarning', 'DEP9999')
      setTimeout(() => {
        throw new Error('thrown in a timer')
      })
      void Promise.reject(new Error('a lost rejection'))
      return null
    },
  }),
  log: method({
    params: t.type({ records: t.number, bytes: t.number }),
    handler: ({ records, bytes }, { log }) => {
      const text = 'x'.repeat(bytes)
      for (let record = 1; record <= records; record += 1) log.info({ record, text }, 'filler')
      return records
    },
  }),
  /** Something that would keep the process alive. */
  linger: method({
    handler: () => {
      setInterval(() => {}, 1000)
      return null
    },
  }),
  notes: method({ handler: () => notes }),
}

export const health = { seen: () => console.info('health was checked') }
