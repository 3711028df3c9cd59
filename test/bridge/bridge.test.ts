/** Python children as workers: what comes of their calls, and of them. */
import { firstValueFrom, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import { pythonCommand } from '../../src/bridge/python.js'
import type { RpcError } from '../../src/protocol/rpc-error.js'
import { engineFile, failure, pythonSuite, workerBridge } from './python-suite.js'

const test = pythonSuite('bridge')

/** Resolves when a call has begun: with its first progress. */
const begun = () => {
  let begin: () => void = () => {}
  const promise = new Promise<void>((resolve) => {
    begin = resolve
  })
  return { promise, onProgress: () => begin() }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('starts a child with the first call, tells progress in order, and ends it', async () => {
  const { bridge } = workerBridge()
  assert.is(bridge.pid, undefined)
  const updates = await firstValueFrom(bridge.updates('count', { n: 2 }).pipe(toArray()))
  assert.equal(updates, [
    { kind: 'progress', value: { done: 1 } },
    { kind: 'progress', value: { done: 2 } },
    { kind: 'result', value: 2 },
  ])
  const pid = bridge.pid as number
  assert.is(await bridge.ready(), 1)
  await bridge.end(false)
  assert.not(isAlive(pid))
  assert.is(await bridge.request('add', { a: 2, b: 40 }), 42)
  assert.is(await bridge.ready(), 2)
})

test('passes on errors as the child tells them', async () => {
  const { bridge } = workerBridge()
  const kindOf = async (how: string) => (await failure(bridge.request('fail', { how }))).kind
  assert.is(await kindOf('nan'), 'InternalError')
  assert.is(await kindOf('exit'), 'InternalError')
  assert.is(await kindOf('memory'), 'OutOfMemory')
  const missing = await failure(bridge.request('fail', { how: 'import' }))
  assert.equal([missing.kind, missing.facts], ['DependencyMissing', { module: 'no_such_module' }])
  const raised = await failure(bridge.request('fail', { how: 'raise' }))
  assert.is(raised.message, 'a bad value')
  const declared = await failure(bridge.request('fail', { how: 'ModelNotFound' }))
  assert.equal(
    [declared.kind, declared.code, declared.facts],
    ['ModelNotFound', -32010, { model: 'tiny' }],
  )
})

test('what is printed becomes log records, and no message', async () => {
  const { bridge, records } = workerBridge()
  assert.is(await bridge.request('chatter', {}), '', 'its stdin is empty')
  await bridge.end(false)
  const told = records.map(({ level, message }) => `${level} ${message}`)
  for (const line of [
    'info printed by native code',
    'info printed by Python',
    'info printed by a child',
    'warn logged by a library',
    'info logged by the method',
  ])
    assert.ok(told.includes(line), `${line} in ${told.join('\n')}`)
  assert.ok(told.some((line) => line.startsWith('warn') && line.includes('warned by Python')))
})

test('records of a job tell which call and which trace they belong to, those of libraries too', async () => {
  const { bridge, records } = workerBridge()
  const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)]
  await bridge.request('add', { a: 1, b: 2 })
  await bridge.request('chatter', {}, { meta: { traceparent: `00-${traceId}-${spanId}-01` } })
  await bridge.request('chatter', {}, { meta: { traceparent: 'nonsense' } })
  await bridge.end(false)
  for (const name of ['logged by a library', 'logged by the method']) {
    const [traced, untraced] = records.filter(({ message }) => message === name)
    const { requestId, trace_id, span_id } = traced?.facts ?? {}
    assert.equal([trace_id, span_id], [traceId, spanId], name)
    assert.type(requestId, 'number')
    assert.is(untraced?.facts['requestId'], (requestId as number) + 1)
    assert.is(untraced?.facts['trace_id'], undefined)
  }
})

test('a call that was cancelled before starts no child', async () => {
  let starts = 0
  const command = () => {
    starts += 1
    return pythonCommand({ file: engineFile('worker.py') })
  }
  const { bridge } = workerBridge({ command })
  const error = await failure(bridge.request('add', {}, { signal: AbortSignal.abort() }))
  assert.equal([error.kind, starts], ['RequestCancelled', 0])
})

test('a call that is cancelled rejects at once, and the same child does the next', async () => {
  const { bridge } = workerBridge()
  const { promise, onProgress } = begun()
  const controller = new AbortController()
  const waiting = failure(bridge.request('wait', {}, { signal: controller.signal, onProgress }))
  await promise
  const { pid } = bridge
  controller.abort()
  assert.is((await waiting).kind, 'RequestCancelled')
  assert.is(await bridge.request('add', { a: 1, b: 2 }), 3)
  assert.is(bridge.pid, pid)
})

test('a child that does not let go is killed after the grace, and no other call is lost', async () => {
  const { bridge, records } = workerBridge({ graceMs: 50 })
  const gone: RpcError[] = []
  bridge.gone$.subscribe((why) => gone.push(why))
  const { promise, onProgress } = begun()
  const call = { deadlineMs: 20_000, onProgress }
  const controller = new AbortController()
  const deaf = failure(
    bridge.request('deaf', { seconds: 60 }, { ...call, signal: controller.signal }),
  )
  await promise
  const { pid } = bridge
  const queued = failure(bridge.request('echo', { value: 'in the child' }))
  controller.abort()
  assert.is((await deaf).kind, 'RequestCancelled')
  assert.is(await bridge.request('echo', { value: 'after' }), 'after')
  assert.is.not(bridge.pid, pid)
  const { kind, retryable, message } = await queued
  assert.equal([kind, retryable], ['EngineGone', true])
  assert.match(message, 'did not let go')
  assert.equal(
    gone.map((why) => [why.kind, why.facts['signal']]),
    [['EngineGone', 'SIGKILL']],
  )
  assert.ok(records.some((it) => it.level === 'warn' && it.message.includes('did not let go')))
})

test('a call that only waits in the child is cancelled without harm to the one before it', async () => {
  const { bridge } = workerBridge({ graceMs: 10 })
  const { promise, onProgress } = begun()
  const deaf = bridge.request('deaf', { seconds: 0.3 }, { onProgress })
  await promise
  const controller = new AbortController()
  const waiting = failure(bridge.request('add', { a: 1, b: 2 }, { signal: controller.signal }))
  await bridge.request('health.check', {}) // which was sent after it, and is answered meanwhile
  controller.abort()
  assert.is((await waiting).kind, 'RequestCancelled')
  assert.is(await deaf, 'done')
  assert.is(await bridge.ready(), 1)
})

test('a late call rejects with DeadlineExceeded, also while the child starts', async () => {
  const { bridge } = workerBridge({ graceMs: 50 })
  const early = await failure(bridge.request('add', { a: 1, b: 2 }, { deadlineMs: 1 }))
  assert.equal([early.kind, early.facts['phase']], ['DeadlineExceeded', 'queued'])
  await bridge.ready()
  const late = await failure(bridge.request('deaf', { seconds: 60 }, { deadlineMs: 50 }))
  assert.is(late.kind, 'DeadlineExceeded')
  assert.is(await bridge.request('add', { a: 1, b: 2 }), 3)
  assert.is(await bridge.ready(), 2)
})

test('a child that is killed in the middle of a job: EngineGone, and the next job works', async () => {
  const { bridge } = workerBridge()
  const gone: RpcError[] = []
  bridge.gone$.subscribe((why) => gone.push(why))
  const { promise, onProgress } = begun()
  const waiting = failure(bridge.request('deaf', { seconds: 60 }, { onProgress }))
  await promise
  const pid = bridge.pid as number
  process.kill(pid, 'SIGKILL')
  const { kind, retryable, facts } = await waiting
  assert.equal([kind, retryable, facts['signal']], ['EngineGone', true, 'SIGKILL'])
  assert.match(String(facts['hint']), 'out of memory, likely')
  assert.match(String(facts['stderrTail']), 'printed by native code')
  assert.is(await bridge.request('add', { a: 1, b: 2 }), 3)
  assert.is(gone.length, 1)
  assert.not(isAlive(pid))
})

test('a child that can read no more ends, and does not seem to be at work', async () => {
  const { bridge } = workerBridge()
  await bridge.request('break_reader', {})
  const { kind, facts } = await failure(
    bridge.request('add', { a: 1, b: 2 }, { deadlineMs: 20_000 }),
  )
  assert.equal([kind, facts['exitCode']], ['EngineGone', 70])
  assert.match(String(facts['stderrTail']), /MemoryError/)
  assert.is(await bridge.request('add', { a: 1, b: 2 }), 3)
})

test('a crash in native code keeps the last lines, and shows where Python was', async () => {
  const { bridge } = workerBridge()
  const { facts } = await failure(bridge.request('die', { how: 'SIGSEGV' }))
  assert.is(facts['signal'], 'SIGSEGV')
  assert.match(String(facts['stderrTail']), /the disk is on fire(?:.|\n)*worker\.py.* in die/)
  assert.is(facts['hint'], 'a crash in native code')
})

test('an interpreter that is not there is a DependencyMissing that names it', async () => {
  const command = () => pythonCommand({ python: '/no/such/python', file: 'engine.py' })
  const { kind, message, retryable } = await failure(
    workerBridge({ command }).bridge.request('add', { a: 1, b: 2 }),
  )
  assert.equal([kind, retryable], ['DependencyMissing', false])
  assert.match(message, '/no/such/python')
})

test('a module that is not there when the program begins is one, too', async () => {
  const command = () => pythonCommand({ file: engineFile('without-module.py') })
  const { kind, message, facts } = await failure(
    workerBridge({ command }).bridge.request('add', {}),
  )
  assert.is(kind, 'DependencyMissing')
  assert.match(message, 'no module no_such_module')
  assert.is(facts['module'], 'no_such_module')
})

const script = (text: string) => () => ({ command: process.execPath, args: ['-e', text] })

test('a program that prints anything else is quoted', async () => {
  const command = script('console.log("hi"); process.stdin.once("data", () => process.exit(3))')
  const { bridge } = workerBridge({ command })
  const { kind, message, facts } = await failure(bridge.request('add', { a: 1, b: 2 }))
  assert.equal([kind, facts['exitCode']], ['EngineGone', 3])
  assert.match(message, '"hi"')
})

test('a program that answers nothing is ended', async () => {
  const { bridge } = workerBridge({ command: script('process.stdin.resume()'), startupMs: 100 })
  const { kind, message } = await failure(bridge.request('add', { a: 1, b: 2 }))
  assert.is(kind, 'EngineGone')
  assert.match(message, 'did not answer engine.describe within 100 ms')
})

test('ends at once what does not end', async () => {
  const { bridge } = workerBridge()
  const gone: RpcError[] = []
  bridge.gone$.subscribe((why) => gone.push(why))
  const { promise, onProgress } = begun()
  const deaf = failure(bridge.request('deaf', { seconds: 60 }, { onProgress }))
  await promise
  const pid = bridge.pid as number
  await bridge.end(true)
  assert.not(isAlive(pid))
  assert.is((await deaf).kind, 'EngineGone')
  assert.equal(gone, [], 'it was asked for')
})

test('a command that cannot be told is the error of the call', async () => {
  const refusal = { _tag: 'RpcError', kind: 'DependencyMissing', code: -32016, facts: {} } as const
  const command = () => ({ ...refusal, message: 'Install it', retryable: false })
  const error = await failure(workerBridge({ command }).bridge.request('add', {}))
  assert.is(error.message, 'Install it')
})

test.run()
