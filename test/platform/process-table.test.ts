import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  cookieCarriers,
  cookieVariable,
  isAlive,
  killGroup,
  killProcess,
  membersOf,
  startTimeOf,
  stateOf,
  usageOf,
} from '../../src/platform/process-table.js'
import { until } from '../end-to-end/engine-process.js'
import { child, endAll, ended, Group, hasEnded, idle, script, stay } from './group.js'

const test = suite('process table')
test.after.each(endAll)

const sorted = (pids: Iterable<number> | undefined): number[] =>
  [...(pids ?? [])].sort((a, b) => a - b)

test('a start time stays the same for a process, and no other has it', async () => {
  const group = await idle()
  const startTime = startTimeOf(group.pid)
  await group.answers()
  assert.type(startTime, 'string')
  assert.is(startTimeOf(group.pid), startTime)
  assert.is.not(startTimeOf(process.pid), startTime) // which began earlier than the last tick of 10 ms
  await group.killed()
  assert.is(startTimeOf(group.pid), undefined)
})

test('a name like a line of the table misleads nobody', async () => {
  const name = 'a) Z 1 1 (b'
  const group = new Group([
    process.execPath,
    '-e',
    // Asked before: Node itself is misled by such a title.
    `console.log(String(process.memoryUsage.rss()))
    process.title = ${JSON.stringify(name)}
    console.log('renamed')
    setInterval(() => {}, 1e6)`,
  ])
  const rssBytes = Number(await group.line())
  assert.is(await group.line(), 'renamed')
  assert.is(readFileSync(`/proc/${group.pid}/comm`, 'utf8'), `${name}\n`)
  assert.is(stateOf(group.pid), 'running')
  assert.equal(await membersOf(group.pid), [group.pid])
  isNear((await usageOf(group.pid))?.rssBytes, rssBytes)
})

const isNear = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? 0) - expected) < expected / 4, `${actual} instead of ${expected}`)

test('tells running, stopped, continued and gone', async () => {
  const group = await idle()
  assert.is(stateOf(group.pid), 'running')
  group.child.kill('SIGSTOP')
  await until('stopped', () => stateOf(group.pid) === 'stopped')
  assert.equal(await membersOf(group.pid), [group.pid])
  group.child.kill('SIGCONT')
  await until('running', () => stateOf(group.pid) === 'running')
  await group.killed()
  assert.is(stateOf(group.pid), 'gone')
})

/** Starts a process, and sees nothing from then on. */
const neglect = `
  console.log(String(require('node:child_process').spawn('true').pid))
  require('node:fs').readSync(3, Buffer.alloc(1))`

test('a zombie is no member, and not alive', async () => {
  const group = new Group([process.execPath, '-e', neglect])
  const zombie = Number(await group.line())
  await until('a zombie', () => stateOf(zombie) === 'zombie')
  const startTime = startTimeOf(zombie)
  assert.type(startTime, 'string')
  assert.not(isAlive({ pid: zombie, startTime: startTime as string }))
  assert.equal(await membersOf(group.pid), [group.pid])
})

test('is alive only with its own start time', async () => {
  const { pid } = await idle()
  assert.ok(isAlive({ pid, startTime: startTimeOf(pid) as string }))
  assert.not(isAlive({ pid, startTime: startTimeOf(process.pid) as string }))
})

test('sums up the memory and the time of a group', async () => {
  const work = `
    while (process.cpuUsage().user < 300_000);
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify({ rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 }))
    require('node:fs').readSync(3, Buffer.alloc(1))`
  const group = new Group(['sh', '-c', '"$0" -e "$1" & "$0" -e "$1"', process.execPath, work])
  const one = JSON.parse(await group.line())
  const other = JSON.parse(await group.line())
  const usage = await usageOf(group.pid)
  isNear(usage?.rssBytes, one.rssBytes + other.rssBytes)
  isNear(usage?.cpuMs, one.cpuMs + other.cpuMs)
  await group.killed()
})

test('the time of a child that has ended still counts', async () => {
  const work = 'while (process.cpuUsage().user < 300_000);'
  const group = new Group(['sh', '-c', `"$0" -e "$1"; echo; exec ${stay}`, process.execPath, work])
  await group.line()
  assert.equal(await membersOf(group.pid), [group.pid])
  assert.ok(((await usageOf(group.pid))?.cpuMs ?? 0) >= 300)
})

test('a group that is gone has no usage and no members', async () => {
  const group = await idle()
  assert.type((await usageOf(group.pid))?.rssBytes, 'number')
  await group.killed()
  assert.is(await usageOf(group.pid), undefined)
  assert.equal(await membersOf(group.pid), [])
})

test('those who ask in one moment get their own answers', async () => {
  const groups = [await idle(), await idle()]
  const [one, other, none] = await Promise.all([
    ...groups.map(({ pid }) => usageOf(pid)),
    usageOf(2 ** 30),
  ])
  assert.ok(one !== undefined && other !== undefined && one !== other)
  assert.is(none, undefined)
})

test('a group is killed when its leader is dead', async () => {
  const group = await script(`${child()} ${child()} ${child('setsid')} exec ${stay}`, 3)
  const leader = { pid: group.pid, startTime: startTimeOf(group.pid) as string }
  const apart = (await Promise.all(group.printed.map(membersOf))).flatMap((pids) => pids ?? [])
  const inside = group.printed.filter((pid) => !apart.includes(pid))
  assert.is(apart.length, 1)
  await group.killed()
  assert.equal(sorted(await membersOf(group.pid)), sorted(inside))
  assert.ok(killGroup(leader))
  for (const pid of inside) await ended(pid)
  assert.equal(await membersOf(group.pid), [])
  assert.not(hasEnded(apart[0] as number))
})

test('who has the pid of another process is not killed for it', async () => {
  const stranger = await idle()
  const earlier = { pid: stranger.pid, startTime: startTimeOf(process.pid) as string }
  killProcess(earlier)
  assert.not(killGroup(earlier))
  await stranger.answers()
  killProcess({ pid: stranger.pid, startTime: startTimeOf(stranger.pid) as string })
  const [, signal] = await once(stranger.child, 'exit')
  assert.is(signal, 'SIGKILL')
})

test('no group is everybody, or our own', () => {
  const { kill } = process
  const asked: number[] = []
  process.kill = (pid) => {
    asked.push(pid)
    return true
  }
  try {
    for (const pid of [1, 0, -1]) assert.not(killGroup({ pid, startTime: 'any' }))
    assert.equal(asked, [])
  } finally {
    process.kill = kill
  }
})

test('finds who was started with a cookie, in any group', async () => {
  const cookie = '0123456789abcdef'
  const family = await script(`${child()} ${child('setsid')} exec ${stay}`, 2, {
    [cookieVariable]: cookie,
  })
  const others = [
    await idle(),
    await idle({ [cookieVariable]: `${cookie}0` }),
    await idle({ [`X_${cookieVariable}`]: cookie }),
    await idle({ X: `\n${cookieVariable}=${cookie}` }),
    new Group(['sh', '-c', `: ${cookieVariable}=${cookie}; ${stay}; :`]),
  ]
  for (const other of others) await other.answers()
  const found = (await cookieCarriers())?.get(cookie)
  assert.equal(sorted(found?.map(({ pid }) => pid)), sorted([family.pid, ...family.printed]))
  for (const { pid, startTime } of found ?? []) assert.is(startTimeOf(pid), startTime)
})

test.run()
