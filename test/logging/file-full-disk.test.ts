import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, type Group } from '../platform/group.js'
import { LogFolder, logFiles } from './file-folder.js'
import { tell, writer } from './file-writer.js'

const test = suite('file sink on a full disk')
let log: LogFolder
test.before.each(() => {
  log = new LogFolder()
})
test.after.each(() => {
  endAll()
  log.remove()
})

/** Lines of 100 bytes, as many as it is told, under a clock that is ahead as far as it is told. */
const obedient = `
  let next = 0
  say('ready')
  for (let words = told(); words !== ''; words = told()) {
    const [count, aheadMs] = words.split(' ').map(Number)
    clock.aheadMs = aheadMs
    for (let i = 0; i < count; i++) sink.write(('{"i":' + next++ + ',"x":"').padEnd(97, 'x') + '"}\\n')
    say(JSON.stringify({ dropped: sink.dropped, problems }))
  }`

const write = async (group: Group, count: number, aheadMs: number) => {
  tell(group, `${count} ${aheadMs}`)
  return JSON.parse(await group.line())
}

/** What is in the files: numbers of lines, counts of dropped ones, and what is neither. */
const contents = (folder: string) => {
  // One by one: a file that was full may lack its end.
  const lines = logFiles(folder).flatMap((text) => text.trimEnd().split('\n'))
  const whole = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line))
  return {
    numbers: whole.flatMap(({ i }) => (i === undefined ? [] : [i])),
    dropped: whole.flatMap(({ dropped }) => (dropped === undefined ? [] : [dropped])),
    torn: lines.filter((line) => !line.endsWith('}')),
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

// A disk that holds a certain number of bytes, in a mount namespace of its own.
const probe = new LogFolder()
const mount = ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', probe.folder]
const canMount = spawnSync('unshare', mount).status === 0
probe.remove()
if (!canMount) console.error('Not run here: tests that need `unshare -rm` and a tmpfs')
const onDisk = canMount ? test : test.skip

/** A writer on a disk of so many KiB, and where its files can be seen. */
const started = async (
  sizeKiB: number,
  settings: { maxBytes: number; keep: number },
  then = '',
) => {
  const before = `mount -t tmpfs -o size=${sizeKiB}k tmpfs ${log.folder} ${then}`
  const group = writer(obedient, { path: log.path, before, isolated: true, ...settings })
  assert.is(await group.line(), 'ready')
  return { group, seen: `/proc/${group.pid}/root${log.folder}` }
}

onDisk('drops lines, tells it once a minute, and goes on when there is space again', async () => {
  const ballast = `&& head -c 30000 /dev/zero > ${log.folder}/ballast`
  const { group, seen } = await started(64, { maxBytes: 1e6, keep: 3 }, ballast)
  const full = await write(group, 1000, 0)
  assert.is(full.problems.length, 1)
  assert.equal([full.problems[0].failed, full.problems[0].code], ['write', 'ENOSPC'])
  assert.ok(full.dropped > 500)
  const later = await write(group, 1, 61_000)
  assert.is(later.problems.length, 2)
  assert.is(later.problems[1].dropped, later.dropped - 1)
  rmSync(join(seen, 'ballast'))
  const free = await write(group, 3, 61_000)
  assert.is(free.dropped, later.dropped)
  const { numbers, dropped, torn } = contents(seen)
  assert.equal(numbers, [...range(0, 1001 - later.dropped), ...range(1001, 1004)])
  assert.equal(dropped, [later.dropped])
  assert.ok(torn.length <= 1)
  const exit = once(group.child, 'exit')
  group.child.stdio[3]?.destroy()
  assert.equal(await exit, [0, null])
})

onDisk('which its own rotated files fill, until somebody removes one', async () => {
  const { group, seen } = await started(64, { maxBytes: 16_000, keep: 99 })
  const full = await write(group, 1000, 0)
  assert.is(full.problems[0].code, 'ENOSPC')
  rmSync(join(seen, 'engine.log.3'))
  const free = await write(group, 3, 1500)
  assert.is(free.dropped, full.dropped)
  const { numbers, dropped } = contents(seen)
  assert.equal(numbers.slice(-3), range(1000, 1003))
  assert.equal(dropped, [full.dropped])
})

onDisk('makes the space itself by rotating, where its last line could not be ended', async () => {
  // 9 pages, of which a full file has 5; so the second is torn after 4, where the next line would be too much.
  const { group, seen } = await started(36, { maxBytes: 16_400, keep: 1 })
  const { dropped } = await write(group, 164 + 163 + 1, 0)
  assert.is(dropped, 1)
  const after = await write(group, 10, 0)
  assert.is(after.dropped, 1)
  const { numbers, ...others } = contents(seen)
  assert.equal(numbers.slice(-10), range(328, 338))
  assert.equal(others.dropped, [1])
})

test('a file that may not grow drops lines, ends the torn one, and goes on in another file', async () => {
  const limits = "trap '' XFSZ && ulimit -f 16"
  const settings = { path: log.path, maxBytes: 1e6, keep: 3, before: limits }
  const group = writer(obedient, settings)
  assert.is(await group.line(), 'ready')
  const full = await write(group, 200, 0)
  assert.is(full.dropped, 200 - 163)
  assert.is(full.problems[0].code, 'EFBIG')
  assert.ok(log.text().endsWith('x'))
  renameSync(log.path, join(log.folder, 'moved.log.1'))
  const free = await write(group, 3, 1500)
  assert.is(free.dropped, full.dropped)
  const { numbers, dropped, torn } = contents(log.folder)
  assert.equal(numbers, [...range(0, 163), ...range(200, 203)])
  assert.equal(dropped, [full.dropped])
  assert.is(torn.length, 1)
})

test.run()
