/** The config of an engine that runs as a process: T25, reloads of every kind, and what a bad one does. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile, root } from './engine-process.js'

const test = suite('config of a process')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-config-'))
test.after.each(endAll)
test.after(() => rmSync(folder, { recursive: true }))

let files = 0
const fileOf = (text: string): string => {
  files += 1
  const file = join(folder, `${files}.yaml`)
  writeFileSync(file, text)
  return file
}

const replace = (file: string, text: string): void => {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

const greeting = (text: string): string => `engines: {configured: {greeting: ${text}}}\n`

/** An engine with this file, ready, that tells of every look at it. */
const started = async (text: string, ...args: readonly string[]) => {
  const file = fileOf(text)
  const engine = new EngineProcess(engineFile('configured.js'), {
    args: ['--config', file, ...args],
  })
  engine.send({ id: 's', method: 'engine.subscribe', params: { config: true } })
  await engine.reply('s')
  let id = 0
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it
  const call = async (method: string, params?: unknown): Promise<any> => {
    id += 1
    engine.send({ id, method, params })
    const { result, error } = await engine.reply(id)
    return error ?? result
  }
  let seen = 0
  /** The next look that came to this. */
  const changed = async (result: string) => {
    const looks = () =>
      engine.frames.filter(({ method }) => method === 'config.changed').slice(seen)
    const isIt = ({ params }: { params?: unknown }) =>
      (params as { result: string }).result === result
    await engine.frame(`config ${result}`, () => looks().some(isIt))
    const found = looks().findIndex(isIt)
    const { params } = looks()[found] as { params: unknown }
    seen += found + 1
    return params as { cause: string; changed: string[]; pending: string[]; problems: unknown[] }
  }
  return { engine, file, call, changed }
}

test('a file that changes is in force, without a signal', async () => {
  const { engine, file, call, changed } = await started(greeting('one'))
  assert.is(await call('greet'), 'one')
  replace(file, `${greeting('two')}limits: {batch: 7}\n`)
  const { cause, changed: keys, pending } = await changed('applied')
  assert.match(cause, /\.yaml changed$/)
  assert.equal(keys, ['engines.configured.greeting'])
  assert.equal(pending, ['limits.batch'])
  assert.is(await call('greet'), 'two')
  engine.end()
  assert.equal(await engine.exit, { code: 0, signal: null })
})

test('SIGHUP and config.reload read the file again; an open call finishes as it began', async () => {
  const { engine, file, call, changed } = await started(greeting('one'))
  engine.send({ id: 'w', method: 'wait', params: { ms: 300 } })
  writeFileSync(file, greeting('two'))
  const { result } = await call('config.reload')
  assert.is(result, 'applied')
  assert.is(await call('greet'), 'two')
  writeFileSync(file, greeting('three'))
  engine.kill('SIGHUP')
  while ((await changed('applied')).cause !== 'SIGHUP');
  assert.is(await call('greet'), 'three')
  assert.is((await engine.reply('w')).result, 'one')
  engine.end()
  await engine.exit
})

test('valid YAML with a bad value is rejected as a whole: T25', async () => {
  const { engine, file, call, changed } = await started(greeting('one'))
  replace(file, `${greeting('two')}log:\n  level: loud\n`)
  const { problems } = await changed('rejected')
  assert.equal(problems, [
    {
      source: `${file}:3:3`,
      key: 'log.level',
      message: 'expected "trace" | "debug" | "info" | "warn" | "error" | "fatal", found "loud"',
    },
  ])
  assert.is(await call('greet'), 'one')
  const { config } = await call('engine.status')
  assert.equal(config, { applied: 0, unchanged: 0, rejected: 1, pending: [] })
  replace(file, greeting('three'))
  await changed('applied')
  assert.is(await call('greet'), 'three')
  engine.end()
  await engine.exit
})

test('1,000 reloads under load lose no call', async () => {
  const { engine, file, call } = await started(greeting('n0'))
  const reloads = 1000
  let sent = 0
  for (let n = 1; n <= reloads; n += 1) {
    writeFileSync(file, `${greeting(`n${n}`)}limits: {maxInFlight: ${(n % 5) + 1}}\n`)
    const calls = [1, 2, 3].map((k) => {
      sent += 1
      return { id: `c${sent}`, method: k === 1 ? 'wait' : 'greet', params: { ms: k } }
    })
    engine.send(...calls)
    assert.is((await call('config.reload')).result, 'applied')
  }
  for (let n = 1; n <= sent; n += 1) await engine.reply(`c${n}`)
  assert.is(sent, 3000)
  const answers = engine.frames.filter(({ id }) => String(id).startsWith('c'))
  assert.is(answers.length, sent)
  assert.is(answers.filter(({ error }) => error !== undefined).length, 0)
  assert.is(new Set(answers.map(({ id }) => id)).size, sent)
  assert.ok((await call('engine.status')).config.applied >= reloads)
  engine.end()
  assert.equal(await engine.exit, { code: 0, signal: null })
})

test('a file that has become a pipe is refused, and blocks nothing', async () => {
  const { engine, file, call } = await started(greeting('one'))
  rmSync(file)
  assert.is(spawnSync('mkfifo', [file]).status, 0)
  assert.is((await call('config.reload')).result, 'rejected')
  assert.is(await call('greet'), 'one')
  engine.end()
  await engine.exit
})

test('config.set is in force until the end, and over what the file says', async () => {
  const { engine, file, call, changed } = await started(greeting('one'))
  await call('config.set', { key: 'engines.configured.greeting', value: 'set' })
  replace(file, `${greeting('two')}drain: 1s\n`)
  while (!(await changed('applied')).changed.includes('drain'));
  assert.is(await call('greet'), 'set')
  await call('config.set', { key: 'engines.configured.greeting', value: null })
  assert.is(await call('greet'), 'two')
  assert.is(
    (await call('config.set', { key: 'engines.configured.model', value: 'x' })).code,
    -32602,
  )
  engine.end()
  await engine.exit
})

test('without any config, one that is set at run time is read when it is asked for', async () => {
  const engine = new EngineProcess(engineFile('configured.js'))
  engine.send(
    { id: 1, method: 'config.set', params: { key: 'engines.configured.greeting', value: 'late' } },
    { id: 2, method: 'config.get', params: { key: 'engines.configured' } },
  )
  assert.is((await engine.reply(1)).result.result, 'applied')
  assert.equal(
    // biome-ignore lint/suspicious/noExplicitAny: any
    (await engine.reply(2)).result.map(({ key, value }: any) => [key, value]),
    [
      ['engines.configured.greeting', 'late'],
      ['engines.configured.model', 'base'],
      ['engines.configured.spare', '***'],
    ],
  )
  engine.send({ id: 3, method: 'greet' })
  assert.is((await engine.reply(3)).result, 'late')
  engine.end()
  await engine.exit
})

test('a level that is set at run time stays when the file is read again', async () => {
  const { engine, file, call, changed } = await started('log: {level: info}\n')
  await call('log.setLevel', { level: 'debug' })
  replace(file, 'log: {level: error}\ndrain: 1s\n')
  while (!(await changed('applied')).changed.includes('drain'));
  const [{ value, layer }] = await call('config.get', { key: 'log.level' })
  assert.equal([value, layer], ['debug', 'runtime'])
  engine.end()
  await engine.exit
})

test('a bad config ends the start with code 78 and every problem', async () => {
  const file = fileOf('log: {level: loud}\nengines: {configured: {greetin: x}}\n')
  const engine = new EngineProcess(engineFile('configured.js'), {
    args: ['--config', file, '--set', 'drain=never'],
    stdio: ['pipe', 'pipe', 'pipe'],
    unread: ['stderr'],
  })
  let told = ''
  engine.child.stderr?.on('data', (text) => {
    told += text
  })
  assert.equal(await engine.exit, { code: 78, signal: null })
  for (const text of [
    '3 settings cannot be used:',
    `${file}:1:7: log.level: expected "trace"`,
    `${file}:2:24: engines.configured.greetin: there is no such setting. Did you mean engines.configured.greeting?`,
    '--set: drain: expected a duration such as 500ms, 30s, 5m or 1h, found "never"',
  ]) {
    assert.ok(told.includes(text), `${text} is not in ${told}`)
  }
})

test('a secret is on neither stream, whatever an engine does with it but answer', async () => {
  const token = 'pa55w0rd-c0rrect-h0rse'
  const secretFile = join(folder, 'token')
  writeFileSync(secretFile, `${token}\n`)
  const { engine, call } = await started(
    `engines: {configured: {login: {token: {file: ${secretFile}}}}}\nlog: {level: trace, calls: 1}\n`,
  )
  assert.is(await call('leak'), '***')
  await call('config.get', {})
  await call('engine.describe')
  await call('rpc.discover')
  engine.send({ id: 'l', method: 'engine.subscribe', params: { log: { level: 'trace' } } })
  await engine.reply('l')
  await call('leak')
  engine.end()
  await engine.exit
  assert.ok(engine.records.length > 3)
  assert.not.match(JSON.stringify([engine.records, engine.frames]), token)
})

test('a secret that is replaced is hidden as well as the new one, in the log and in defects', async () => {
  const key = (name: string): string => `${name}-t0ken-of-cloud`
  const text = (name: string): string => `engines: {configured: {login: {token: ${key(name)}}}}\n`
  const { engine, file, call } = await started(text('first'))
  engine.send({ id: 'b', method: 'break', params: { ms: 200 } })
  await call('greet')
  writeFileSync(file, text('second'))
  assert.is((await call('config.reload')).result, 'applied')
  const { message } = await call('break', {})
  assert.is(message, '401 for ***')
  assert.is((await engine.reply('b')).error?.message, '401 for ***')
  engine.end()
  await engine.exit
  assert.not.match(JSON.stringify([engine.records, engine.frames]), /t0ken-of-cloud/)
})

test('a secret in the code is hidden without any config', async () => {
  const engine = new EngineProcess(engineFile('configured.js'))
  engine.send({ id: 1, method: 'break', params: {} })
  assert.is((await engine.reply(1)).error?.message, '401 for ***')
  engine.end()
  await engine.exit
  assert.not.match(JSON.stringify([engine.records, engine.frames]), /s3cret/)
})

test('an engine that changes its working directory keeps its config', async () => {
  const engine = new EngineProcess(engineFile('configured.js'), {
    args: ['--config', relative(root, fileOf(greeting('here')))],
  })
  engine.send(
    { id: 1, method: 'move' },
    { id: 2, method: 'config.reload' },
    { id: 3, method: 'greet' },
  )
  assert.is((await engine.reply(2)).result.result, 'unchanged')
  assert.is((await engine.reply(3)).result, 'here')
  engine.end()
  await engine.exit
})

test('a setting that has an option of its own is one behind --set, too', async () => {
  const quiet = new EngineProcess(engineFile('configured.js'), {
    args: ['--set', 'log.level=warn'],
  })
  quiet.send({ id: 1, method: 'greet' })
  await quiet.reply(1)
  quiet.end()
  await quiet.exit
  assert.equal(quiet.records, [])
  const wrong = new EngineProcess(engineFile('configured.js'), {
    args: ['--set', 'framing=morse'],
    textOnStderr: true,
  })
  assert.is((await wrong.exit).code, 78)
})

test('a log file where there can be no folder keeps nobody waiting', async () => {
  const engine = new EngineProcess(engineFile('configured.js'), {
    args: ['--set', 'log.file.path=/proc/nope/deep/engine.log'],
  })
  engine.send({ id: 1, method: 'greet' })
  assert.is((await engine.reply(1)).result, 'hello')
  await engine.record('The log file does not take lines')
  engine.end()
  assert.equal(await engine.exit, { code: 0, signal: null })
})

test('a log file gets every record, and the summaries of calls that were asked for', async () => {
  const log = join(folder, 'engine.log')
  const { engine, call } = await started(`log: {calls: 1, file: {path: ${log}}}\n`)
  await call('greet')
  engine.end()
  await engine.exit
  const { readFileSync } = await import('node:fs')
  const lines = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const told = (records: readonly Record<string, unknown>[]) =>
    records.map(({ msg, time }) => [time, msg])
  assert.equal(told(lines), told(engine.records))
  const summary = lines.find(({ msg, method }) => msg === 'call' && method === 'greet')
  assert.is(summary.outcome, 'ok')
  assert.ok(summary.bytesIn > 10 && summary.bytesOut > 10 && summary.queueMs >= 0)
})

test.run()
