/** `sidestream call` with real engines. */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli, folderOf, sidestream, start, tester } from './sidestream.js'

const test = suite('call')

test('prints the result for people, or as one line of JSON', async () => {
  const shown = await sidestream(['call', tester, 'echo', '{"a": [1, 2]}'])
  assert.equal(shown, { code: 0, stdout: '{ "a": [1, 2] }\n', stderr: '' })
  const json = await sidestream(['call', tester, 'echo', '{"a": [1, 2]}', '--json'])
  assert.equal(json, { code: 0, stdout: '{"a":[1,2]}\n', stderr: '' })
  assert.is((await sidestream(['call', tester, 'echo'])).stdout, 'null\n')
})

test('takes params from a file and from stdin', async () => {
  const folder = folderOf({ 'params.json': '{"a": 1, "b": 2}\n' })
  const file = await sidestream(['call', tester, 'add', `@${join(folder, 'params.json')}`])
  assert.is(file.stdout, '3\n')
  const stdin = await sidestream(['call', tester, 'add', '-'], { stdin: '{"a": 2,\n"b": 2}' })
  assert.is(stdin.stdout, '4\n')
})

test('takes UTF-8 with a byte order mark, as some editors write it, and nothing that is no UTF-8', async () => {
  const folder = folderOf({ 'marked.json': '\ufeff{"a": "ä"}' })
  const marked = join(folder, 'marked.json')
  const file = await sidestream(['call', tester, 'echo', `@${marked}`, '--json'])
  assert.is(file.stdout, '{"a":"ä"}\n')
  const stdin = await sidestream(['call', tester, 'echo', '-', '--json'], {
    stdin: readFileSync(marked, 'utf8'),
  })
  assert.is(stdin.stdout, '{"a":"ä"}\n')
  const latin = join(folder, 'latin.json')
  writeFileSync(latin, Buffer.from('{"a": "ä"}', 'latin1'))
  const { code, stdout, stderr } = await sidestream(['call', tester, 'echo', `@${latin}`])
  assert.is(code, 64)
  assert.is(stdout, '')
  assert.is(
    stderr,
    `sidestream call: ${latin} is no UTF-8: save it as that\nSee: sidestream help call\n`,
  )
})

test('refuses params that cannot be sent, before anything is started', async () => {
  const folder = folderOf({ 'bad.json': '{' })
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sidestream(['call', ...args])
    assert.is(code, 64)
    assert.is(stdout, '')
    return stderr
  }
  assert.match(
    await refused(tester, 'add', '{a: 1}'),
    /^sidestream call: PARAMS is no JSON: .*\nMind the shell/,
  )
  assert.match(await refused(tester, 'add', '3'), 'must be an object or an array')
  assert.match(await refused(tester, 'add', `@${folder}/bad.json`), /bad\.json is no JSON/)
  assert.match(await refused(tester, 'add', `@${folder}/none.json`), 'cannot be read')
  assert.match(await refused(tester), 'which method?')
  assert.match(await refused(tester, 'add', '{}', 'more'), 'What is more for?')
  assert.match(await refused(tester, 'add', '{}', '--timeout', 'soon'), 'and not soon')
  assert.match(await refused('./nowhere.js', 'add'), 'There is no engine at ./nowhere.js')
})

test('tells of progress in few lines, and streams it when asked', async () => {
  const told = await sidestream(['call', tester, 'steps'])
  assert.is(told.stdout, '"done"\n')
  assert.is(told.stderr, 'steps  50 %  1 of 2\nsteps 100 %  2 of 2\n')
  const streamed = await sidestream(['call', tester, 'steps', '--stream'])
  assert.is(streamed.stdout, '{"done":1,"total":2}\n{"done":2,"total":2}\n"done"\n')
  assert.is(streamed.stderr, '')
  const quiet = await sidestream(['call', tester, 'steps', '--json'])
  assert.is(quiet.stdout + quiet.stderr, '"done"\n')
})

test('draws speech as a timeline, and leaves it as it is for programs', async () => {
  const drawn = await sidestream(['call', tester, 'speech'])
  assert.match(drawn.stdout, /^00:00\.000 █+·+█+ 00:04\.000\n/)
  assert.match(drawn.stdout, '1  00:00.000 → 00:01.500    1.50 s  one\n')
  const json = await sidestream(['call', tester, 'speech', '--json'])
  assert.is(JSON.parse(json.stdout).segments.length, 2)
})

test('tells what is wrong and what to do', async () => {
  const failed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sidestream(['call', tester, ...args])
    assert.is(code, 1)
    assert.is(stdout, '')
    return stderr
  }
  assert.match(await failed('ad', '{}'), 'Did you mean add?')
  assert.match(await failed('engine.stats'), 'Did you mean engine.status?')
  assert.match(await failed('add', '{"a": 1}'), '  /b: expected number, got missing\n')
  assert.match(
    await failed('fail'),
    /There is no model base\.en.*\(ModelNotFound, -32010\)\n\{ "model": "base.en" \}/,
  )
  assert.match(await failed('wait', '{}', '--timeout', '50ms'), 'DeadlineExceeded, -32001')
  const error = JSON.parse(await failed('fail', '--json'))
  assert.equal(error.data, { kind: 'ModelNotFound', retryable: false, model: 'base.en' })
})

test('tells of an engine that dies in a call, with what it printed last', async () => {
  const { code, stderr } = await sidestream(['call', tester, 'die'])
  assert.is(code, 1)
  assert.match(
    stderr,
    /^the disk is on fire\n✗ die failed: The engine has ended with exit code 3 \(EngineGone, -32005\)/,
  )
})

test('ends with the exit code of an engine that does not start', async () => {
  const folder = folderOf({ 'throws.js': "throw new Error('boom')", 'empty.js': '' })
  const broken = await sidestream(['call', join(folder, 'throws.js'), 'add'])
  assert.is(broken.code, 70)
  assert.match(broken.stderr, 'Error: boom')
  assert.is((await sidestream(['call', join(folder, 'empty.js'), 'add'])).code, 64)
})

test('passes on warnings of the engine, and all of its log when asked', async () => {
  assert.is((await sidestream(['call', tester, 'print'])).stderr, '')
  assert.match((await sidestream(['call', tester, 'print', '--verbose'])).stderr, '"msg":"printed"')
})

test('says what to do with params that are too large for one message', async () => {
  const folder = folderOf({ 'large.json': JSON.stringify({ text: 'x'.repeat(2 ** 24) }) })
  const { code, stderr } = await sidestream(['call', tester, 'echo', `@${folder}/large.json`])
  assert.is(code, 1)
  assert.match(stderr, /MessageTooLarge.*\n.*\n.*path of a file/)
})

test('shows how the engine is after the call', async () => {
  const { code, stdout, stderr } = await sidestream(['call', tester, 'echo', '--health', '--json'])
  assert.is(code, 0)
  assert.is(stdout, 'null\n')
  assert.match(stderr, 'health: ok\n')
})

test('cancels the call at the first Ctrl-C', async () => {
  const { child, printed, ran } = start(['call', tester, 'wait', '--stream'])
  await printed('"waiting"')
  child.kill('SIGINT')
  const { code, stderr } = await ran
  assert.is(code, 130)
  assert.match(stderr, 'wait was cancelled')
  assert.match(stderr, 'RequestCancelled')
})

test('kills the engine at the second one, when it hears of nothing', async () => {
  const { child, printed, ran } = start(['call', tester, 'freeze', '--stream'])
  await printed('"frozen"')
  child.kill('SIGTERM')
  await printed('RequestCancelled')
  const killedAt = performance.now()
  child.kill('SIGTERM')
  assert.is((await ran).code, 143)
  // Step by step it would have taken eight seconds.
  assert.ok(performance.now() - killedAt < 4000)
})

test('ends quietly when nobody reads its output any more', async () => {
  const streaming = start(['call', tester, 'countUp', '--stream'])
  const large = start(['call', tester, 'many', '{"lines": 20000}'])
  for (const { child, ran } of [streaming, large]) {
    child.stdout.once('data', () => child.stdout.destroy())
    const { code, stderr } = await ran
    assert.is(stderr, '')
    assert.is(code, 0)
  }
})

test('says when its output cannot be written', async () => {
  if (!existsSync('/dev/full')) return
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [cli, 'call', tester, 'echo'], {
    stdio: ['ignore', full, 'pipe'],
    env: {},
    encoding: 'utf8',
  })
  closeSync(full)
  assert.is(status, 74)
  assert.match(stderr, /^sidestream: The output could not be written: .*ENOSPC/)
})

test.run()
