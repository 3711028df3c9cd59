import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('stderrLogger')
const source = new URL('../../src/logging/stderr-logger.ts', import.meta.url).href

interface Line {
  readonly level: number
  readonly msg: string
  readonly [fact: string]: unknown
}

const linesIn = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

/** What a process of its own writes to stderr, whose code has `log`, a logger at info, and `settings`. */
const written = (code: string): string => {
  const program = `
    import { stderrLogger } from '${source}'
    const log = stderrLogger('info')
    const settings = { level: 'info', modules: {}, redact: { keys: [], patterns: [] }, file: undefined, format: 'json' }
    ${code}
    log.flush()`
  const flags = ['--conditions=sidestream-source', '--import', 'tsx', '--input-type=module']
  const { status, stderr } = spawnSync(process.execPath, [...flags, '-e', program], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.is(status, 0, stderr)
  return stderr
}
const messages = (code: string): string[] => linesIn(written(code)).map(({ msg }) => msg)

test('each module goes by its level, which may change at any time', () => {
  const code = `
    const decoder = log.child({ module: 'decoder' })
    const beam = decoder.child({ module: 'decoder.beam', n: 1 }).child({ n: 2 })
    const tell = (when) => {
      for (const [name, it] of Object.entries({ log, decoder, beam })) {
        it.debug({}, when + ' debug ' + name)
        it.info({}, when + ' info ' + name)
      }
    }
    log.warn({}, 'pino is loaded')
    tell('first')
    log.configure({ ...settings, level: 'warn', modules: { decoder: 'debug' } }, [])
    tell('configured')
    beam.setLevel('info', 'decoder.beam')
    tell('one')
    decoder.setLevel('info')
    tell('all')`
  assert.equal(messages(code), [
    'pino is loaded',
    'first info log',
    'first info decoder',
    'first info beam',
    'configured debug decoder',
    'configured info decoder',
    'configured debug beam',
    'configured info beam',
    'one debug decoder',
    'one info decoder',
    'one info beam',
    'all info log',
    'all debug decoder',
    'all info decoder',
    'all info beam',
  ])
})

test('records that wait for pino go by the levels of when it is there', () => {
  const code = `
    log.info({}, 'unwanted')
    log.child({ module: 'x' }).info({}, 'wanted')
    log.debug({}, 'too early')
    log.configure({ ...settings, level: 'warn', modules: { x: 'debug' } }, [])`
  assert.equal(messages(code), ['wanted'])
})

test('what is below its level is not even looked at', () => {
  const code = `
    const facts = new Proxy({}, { ownKeys: () => { throw process.exit(9) } })
    log.child({ module: 'x' }).debug(facts, 'no')
    log.warn({}, 'yes')
    log.debug(facts, 'no')`
  assert.equal(messages(code), ['yes'])
})

test('secrets are taken out of records that waited for pino, and by the settings of the moment later', () => {
  const code = `
    log.child({ authorization: 'one' }).info({ pin: 'one', at: 'the secret' }, 'Bearer 0123456789')
    log.configure({ ...settings, redact: { keys: ['pin'], patterns: ['o+ne'] } }, ['the secret'])
    log.warn({ pin: 'two', at: 'ooone' }, 'known')
    log.configure(settings, [])
    log.info({ pin: 'three', at: 'ooone' }, 'unknown')`
  const [early, known, unknown] = linesIn(written(code))
  assert.equal(
    [early?.['authorization'], early?.['pin'], early?.['at'], early?.msg],
    ['***', '***', '***', 'Bearer ***'],
  )
  assert.equal([known?.['pin'], known?.['at'], known?.msg], ['***', '***', 'known'])
  assert.equal([unknown?.['pin'], unknown?.['at']], ['three', 'ooone'])
})

test('secrets that were in force before stay hidden, the latest thousand of them', () => {
  const code = `
    const numbered = (from) => Array.from({ length: 998 }, (_, i) => 'number ' + (from + i) + '.')
    log.configure(settings, ['the first one', 'the second one'])
    log.configure(settings, ['the second one', 'the third one'])
    log.warn({}, 'the first one, the second one, the third one')
    log.configure(settings, numbered(0))
    log.warn({}, 'number 0., the first one, the second one, the third one')
    log.configure(settings, [...numbered(0), ...numbered(998)])
    log.warn({}, 'number 0., number 1995., the third one')`
  assert.equal(messages(code), [
    '***, ***, ***',
    '***, the first one, ***, ***',
    '***, ***, the third one',
  ])
})

test('with a pattern that is none, records are told of and not shown', () => {
  const code = `
    log.configure({ ...settings, redact: { keys: [], patterns: ['('] } }, [])
    log.child({ a: 'fact' }).error({}, 'text')
    try { log.redact('{}') } catch { log.configure(settings, []) }
    log.info({}, 'again')`
  const [unshown, again] = linesIn(written(code))
  const { time, pid, ...rest } = unshown as Line
  assert.equal(rest, { level: 50, msg: 'A record could not be redacted and is not shown' })
  assert.ok(typeof time === 'number' && typeof pid === 'number')
  assert.is(again?.msg, 'again')
})

test('one record is one line, whatever it holds', () => {
  const text = written(`log.warn({ a: 'x\\u2028\\x85\\n', b: '\\ud800' }, 'a\\r\\nb\\x7f')`)
  assert.match(text, /^[\x20-\x7e]*\n$/)
  assert.equal([linesIn(text)[0]?.msg, linesIn(text)[0]?.['a']], ['a\r\nb\x7f', 'x\u2028\x85\n'])
})

test('it is pretty where that is asked for, without colours where there is no terminal', () => {
  const text = written(`
    log.configure({ ...settings, format: 'pretty' }, ['hidden text'])
    log.warn({ a: 'a hidden text', token: 'x' }, 'two\\nlines')`)
  assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} WARN {2}two\\nlines a="a \*\*\*" token=\*\*\*\n$/)
})

test('a file gets JSON lines whatever stderr shows, until it is another one or none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-log-'))
  const [first, second] = [join(folder, 'in', 'first.log'), join(folder, 'second.log')]
  const file = (path: string) => JSON.stringify({ path, maxBytes: 1e6, keep: 1 }) // an undefined maxAgeMs is not there
  written(`
    log.configure({ ...settings, format: 'pretty', file: ${file(first)} }, [])
    log.info({ token: 'x' }, 'early')
    log.warn({}, 'one')
    log.configure({ ...settings, level: 'debug', file: ${file(first)} }, [])
    log.debug({}, 'two')
    log.configure({ ...settings, file: ${file(second)} }, [])
    log.info({}, 'three')
    log.configure(settings, [])
    log.info({}, 'four')`)
  const told = (path: string) =>
    linesIn(readFileSync(path, 'utf8')).map(({ msg, token }) => (token === undefined ? msg : token))
  assert.equal([told(first), told(second)], [['***', 'one', 'two'], ['three']])
  rmSync(folder, { recursive: true })
})

test('lines that a file did not take are told of before another one takes its place', () => {
  const file = `{ path: '/dev/null/x.log', maxBytes: 1e6, maxAgeMs: undefined, keep: 1 }`
  const lines = linesIn(
    written(`
    log.configure({ ...settings, file: ${file} }, [])
    log.warn({}, 'one')
    log.warn({}, 'two')
    log.configure(settings, [])
    log.warn({}, 'three')`),
  )
  assert.equal(
    lines.map(({ msg, dropped }) => dropped ?? msg),
    ['one', 1, 'two', 1, 'three'],
  )
})

test('a text or an error may be logged alone, as pino takes them', () => {
  const code = `
    log.info('Bearer 0123456789')
    log.error(new TypeError('why'))
    log.child('not facts').error(new RangeError('why'), 'what')
    log.child(new Error('bound')).warn({ n: 1 })`
  const told = linesIn(written(code)).map(({ time, pid, err, ...rest }) => {
    const { type, stack } = (err ?? {}) as { type?: string; stack?: string }
    return { ...rest, type, at: stack?.split('\n')[0] }
  })
  assert.equal(told, [
    { level: 30, msg: 'Bearer ***', type: undefined, at: undefined },
    { level: 50, msg: 'why', type: 'TypeError', at: 'TypeError: why' },
    { level: 50, msg: 'what', type: 'RangeError', at: 'RangeError: why' },
    { level: 40, msg: '', n: 1, type: 'Error', at: 'Error: bound' },
  ])
})

test('a record has its own level, time, process and message, and each key once', () => {
  const text = written(`
    log.child({ pid: 'p' }).warn({ level: 'low', time: 1, msg: 'm', hostname: 'h', level_: 2 }, 'own')`)
  const { time, ...record } = linesIn(text)[0] as Line
  assert.ok((time as number) > 1e12)
  assert.equal(
    { ...record, pid: typeof record['pid'] },
    {
      level: 40,
      pid: 'number',
      pid_: 'p',
      level__: 'low',
      time_: 1,
      msg_: 'm',
      hostname_: 'h',
      level_: 2,
      msg: 'own',
    },
  )
  for (const key of ['level', 'time', 'pid', 'msg']) {
    assert.is(text.split(`"${key}":`).length, 2, key)
  }
})

test('errors are told wherever they stand among the facts', () => {
  const code = `
    const error = new TypeError('no', { cause: new Error('why') })
    const all = new AggregateError([Object.freeze(new RangeError('frozen')), { n: 1 }], 'all')
    log.warn({ error, deep: [{ err: error }], all, err: 'a text' }, 'told')`
  const line = linesIn(written(code))[0] as Line
  const { error, deep, all, err } = line as unknown as Record<string, unknown> & {
    error: Record<string, string>
    deep: unknown[]
    all: { type: string; aggregateErrors: { type: string }[] }
  }
  assert.equal([error['type'], error['message']], ['TypeError', 'no: why'])
  assert.match(error['stack'] as string, /^TypeError: no\n.*\ncaused by: Error: why\n/s)
  assert.equal(deep, [{ err: error }])
  assert.is(all.type, 'AggregateError')
  assert.equal(
    all.aggregateErrors.map(({ type, ...rest }) => type ?? rest),
    ['RangeError', { n: 1 }],
  )
  assert.is(err, 'a text')
})

test('a file that takes lines again is told how many it did not take', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-log-'))
  const path = join(folder, 'engine.log')
  written(`
    import { mkdirSync, rmdirSync } from 'node:fs'
    const path = ${JSON.stringify(path)}
    mkdirSync(path)
    log.configure({ ...settings, file: { path, maxBytes: 1e6, maxAgeMs: undefined, keep: 1 } }, [])
    log.info({}, 'one')
    log.info({}, 'two')
    log.flush()
    rmdirSync(path)
    // A path that was refused is tried again after a second.
    const deadline = Date.now() + 10_000
    for (let before = -1; before !== log.dropped && Date.now() < deadline; ) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
      before = log.dropped
      log.info({ before }, 'again')
    }`)
  const [again, { time, pid, ...note }] = linesIn(readFileSync(path, 'utf8')) as [Line, Line]
  assert.is(again.msg, 'again')
  const msg = 'log lines were dropped: the log file did not take them'
  assert.equal(note, { level: 40, dropped: again['before'], msg })
  assert.ok(Number.isInteger(time) && Number.isInteger(pid))
  rmSync(folder, { recursive: true })
})

test('a file that takes no lines is told of on stderr, once', () => {
  const file = `{ path: '/dev/null/x.log', maxBytes: 1e6, maxAgeMs: undefined, keep: 1 }`
  const lines = linesIn(
    written(`
    log.configure({ ...settings, file: ${file} }, [])
    log.warn({}, 'one')
    log.warn({}, 'two')`),
  )
  const told = lines.map(({ level, msg, failed, path }) => [level, msg, failed, path])
  const problem = [40, 'The log file does not take lines', 'write', '/dev/null/x.log']
  assert.equal(told[0], [40, 'one', undefined, undefined])
  assert.equal(told[1], problem)
  assert.ok(lines.some(({ msg }) => msg === 'two'))
})

test('records belong to what is active, and those of a call to that if it is not a part of the call', () => {
  const ids = linesIn(
    written(`
      let active
      const seen = []
      log.join(() => active, (line) => seen.push(line))
      const ofCall = log.child({ trace_id: 't1', span_id: 'call' })
      log.info({}, 'outside')
      active = { trace_id: 't1', span_id: 'inner' }
      log.info({}, 'engine')
      ofCall.info({}, 'in a part of it')
      active = { trace_id: 't2', span_id: 'other' }
      ofCall.info({}, 'in another one')
      log.flush()
      log.info({}, seen.length + ' seen')`),
  ).map(({ msg, trace_id, span_id }) => [msg, trace_id, span_id])
  assert.equal(ids, [
    ['outside', undefined, undefined],
    ['engine', 't1', 'inner'],
    ['in a part of it', 't1', 'inner'],
    ['in another one', 't1', 'call'],
    ['4 seen', 't2', 'other'],
  ])
})

test.run()
