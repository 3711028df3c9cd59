import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engineFile, root } from './engine-process.js'
import { type Beat, endAllHosted, HostedEngine } from './hosted-engine.js'

const test = suite('an engine with descriptors of its own')
test.after.each(endAllHosted)
const folder = mkdtempSync(join(tmpdir(), 'sidestream-channel-test-'))
test.after(() => rmSync(folder, { recursive: true }))

type Options = Parameters<typeof HostedEngine.start>[1]

/** One that has answered, and whose watching thread is there. */
const ready = async (options?: Options): Promise<HostedEngine> => {
  const engine = await HostedEngine.start(engineFile('hosted.js'), options)
  engine.send({ id: 0, method: 'echo' })
  await engine.reply(0)
  await engine.firstBeat()
  return engine
}

/** Lives as long as the engine does, whatever becomes of the host, and ends as it has ended. */
const shell = ['sh', '-c', '"$@"; exit $?', 'sh']
/** Passes the environment and the standard streams on, and no other descriptor. */
const npx = [
  process.execPath,
  '-e',
  `require('node:child_process')
    .spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' })
    .on('exit', (code) => process.exit(code))`,
]

test('frames go to the channel, and what is printed is not among them', async () => {
  const engine = await HostedEngine.start(engineFile('hosted.js'))
  engine.send({ id: 1, method: 'native' }, { id: 2, method: 'noisy' })
  engine.send({ id: 3, method: 'health.check' })
  engine.end()
  assert.is((await engine.exit).code, 0)
  assert.equal(
    engine.frames.all.map(({ id }) => id),
    [1, 2, 3],
  )
  assert.is(engine.stdout, 'native')
  assert.is((await engine.reply(3)).result.strayBytes, 'from process.stdout.write\n'.length)
  const printed = engine.records.all.filter(({ source }) => source === 'console')
  assert.is(printed.length, 1)
})

test('all is written to the channel before the engine ends', async () => {
  const engine = await HostedEngine.start(engineFile('hosted.js'))
  const ids = [1, 2, 3, 4]
  engine.channel.pause()
  engine.send(...ids.map((id) => ({ id, method: 'big', params: { bytes: 2 ** 20 } })))
  engine.end()
  await engine.records.find(({ msg }) => msg === 'engine draining')
  engine.channel.resume()
  assert.is((await engine.exit).code, 0)
  for (const id of ids) assert.is((await engine.reply(id)).result.length, 2 ** 20)
  assert.is(engine.stdout, '')
})

test('its environment does not tell of them', async () => {
  const engine = await ready()
  engine.send({ id: 1, method: 'environment' })
  assert.equal((await engine.reply(1)).result, [])
  engine.end()
  assert.is((await engine.exit).code, 0)
})

for (const [name, options] of [
  ['another inode is announced', { announce: (text) => `${text}0` }],
  ['a wrapper passes the environment on only', { wrapper: npx }],
] as [string, Options][]) {
  test(`if ${name}, frames go to stdout and no beat comes`, async () => {
    const engine = await HostedEngine.start(engineFile('hosted.js'), options)
    // Longer than the thread takes: it would tell of it.
    engine.send({ id: 1, method: 'environment' }, { id: 2, method: 'sleep', params: { ms: 1500 } })
    engine.end()
    assert.is((await engine.exit).code, 0)
    const replies = engine.stdout.trim().split('\n')
    assert.equal(
      replies.map((text) => JSON.parse(text).result),
      [[], 1500],
    )
    assert.equal([engine.frames.all, engine.beats.all], [[], []])
  })
}

test('a channel that is not read any more is output that is broken', async () => {
  const engine = await HostedEngine.start(engineFile('hosted.js'), { beat: 'unannounced' })
  engine.send({ id: 1, method: 'echo' })
  await engine.reply(1)
  engine.channel.destroy()
  engine.send({ id: 2, method: 'echo' })
  assert.is((await engine.exit).code, 74)
})

test('beats tell for how long the event loop has not answered', async () => {
  const engine = await HostedEngine.start(`${root}samples/echo.ts`)
  engine.send({ id: 1, method: 'echo' })
  await engine.firstBeat()
  engine.send({ id: 2, method: 'block', params: { ms: 1500 } })
  await engine.beats.find(({ blockedMs = 0 }) => blockedMs >= 1000)
  const from = engine.beats.all.length
  await engine.beats.find(({ blockedMs }) => blockedMs === 0, from)
  const blocks = engine.beats.all.map(({ blockedMs = 0 }) => blockedMs).filter((ms) => ms > 0)
  assert.ok(blocks.length >= 3, `${blocks}`)
  assert.equal(
    blocks,
    blocks.toSorted((one, other) => one - other),
  )
  engine.send({ id: 3, method: 'health.check' })
  const { eventLoop } = (await engine.reply(3)).result
  assert.ok(eventLoop.blockedMs >= 1000 && Number.isInteger(eventLoop.blockedMs))
  engine.end()
  assert.is((await engine.exit).code, 0)
})

/** A beat while the event loop is blocked. */
const isBlocked = ({ blockedMs = 0 }: Beat): boolean => blockedMs > 0

test('a report names the function that keeps the event loop busy, and lets it go on', async () => {
  const engine = await ready()
  const file = join(folder, 'stop')
  engine.send({ id: 1, method: 'spin', params: { file } })
  await engine.beats.find(isBlocked)
  for (let count = 0; count < 2; count += 1) {
    const { blockedMs, stack = [] } = await engine.report()
    assert.ok(blockedMs > 0)
    const place = stack.find((name) => name.startsWith('spin (')) ?? `${stack}`
    assert.match(place, /^spin \(file:.*\/engines\/hosted\.js:9:\d+\)$/)
    assert.ok(stack.length > 3 && stack.length <= 20)
  }
  writeFileSync(file, '')
  assert.is((await engine.reply(1)).result, 'spun')
  engine.end()
  assert.is((await engine.exit).code, 0)
})

test('a report from native code has no stack, and leaves nothing paused', async () => {
  const engine = await ready()
  const file = join(folder, 'pipe')
  execFileSync('mkfifo', [file])
  engine.send({ id: 1, method: 'read', params: { file } }, { id: 2, method: 'echo' })
  await engine.beats.find(isBlocked)
  const { blockedMs, ...others } = await engine.report()
  assert.ok(blockedMs > 0)
  assert.equal(others, {})
  writeFileSync(file, 'written')
  assert.is((await engine.reply(1)).result, 'written')
  await engine.reply(2)
  engine.end()
  assert.is((await engine.exit).code, 0)
})

test('a report from Atomics.wait tells who waits, and lets it wait on', async () => {
  const engine = await ready()
  engine.send({ id: 1, method: 'wait' })
  await engine.beats.find(isBlocked)
  const { stack = [] } = await engine.report()
  assert.match(stack[0] ?? '', /^waitForever \(file:.*\/engines\/hosted\.js:11:\d+\)$/)
  const from = engine.beats.all.length
  const { blockedMs = 0 } = await engine.beats.find(isBlocked, from + 4)
  assert.ok(blockedMs > 1000)
  assert.equal(engine.frames.all.length, 1)
})

test('a report of an idle engine has no stack, and what is asked twice is answered once', async () => {
  const engine = await ready()
  engine.beat.write('rep')
  engine.beat.write('ort\nreport\n')
  assert.equal(await engine.report(), { blockedMs: 0 })
  assert.equal(await engine.report(), { blockedMs: 0 })
  await engine.beats.find(({ blockedMs }) => blockedMs === 0, engine.beats.all.length + 2)
  assert.is(engine.beats.all.filter(({ report }) => report !== undefined).length, 2)
  engine.end()
  assert.is((await engine.exit).code, 0)
})

test('it ends as ever while a report is made', async () => {
  const engine = await ready()
  const file = join(folder, 'pipe at the end')
  execFileSync('mkfifo', [file])
  engine.send({ id: 1, method: 'read', params: { file } })
  await engine.beats.find(isBlocked)
  engine.beat.write('report\n')
  await engine.beats.find(isBlocked, engine.beats.all.length + 1) // it is made at a beat
  engine.end()
  writeFileSync(file, '')
  assert.is((await engine.exit).code, 0)
  assert.is((await engine.reply(1)).result, '')
  assert.not.match(engine.stderr, /debugger/i)
})

for (const [name, options] of [
  ['', {}],
  [' behind a wrapper that lives on', { wrapper: shell }],
] as [string, Options][]) {
  test(`ends within two seconds when its host is gone${name}`, async () => {
    const engine = await ready(options)
    const at = engine.leave()
    assert.is((await engine.exit).code, 74)
    assert.ok(performance.now() - at < 2000)
    const { reason } = await engine.records.find(({ msg }) => msg === 'engine stopped')
    assert.is(reason, 'parent gone')
  })
}

test('is killed within two seconds if it is blocked when its host goes', async () => {
  const engine = await ready({ wrapper: shell })
  engine.send({ id: 1, method: 'wait' })
  await engine.beats.find(isBlocked)
  const at = engine.leave()
  assert.is((await engine.exit).code, 128 + 9)
  assert.ok(performance.now() - at < 2000)
  assert.not(engine.records.all.some(({ msg }) => msg === 'engine stopped'))
})

test('goes on without its host with --no-parent-watch', async () => {
  const engine = await ready({ wrapper: shell, args: ['--no-parent-watch'] })
  engine.beat.destroy()
  // Ten ticks of a fifth of a second last longer than it would take to end it.
  engine.send({ id: 1, method: 'engine.subscribe', params: { health: { everyMs: 200 } } })
  const ticks = () => engine.frames.all.filter(({ method }) => method === 'health.tick')
  await engine.frames.find(() => ticks().length >= 10)
  engine.end()
  assert.is((await engine.exit).code, 0)
  const { reason } = await engine.records.find(({ msg }) => msg === 'engine stopped')
  assert.is(reason, 'end of input')
})

test.run()
