import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultRunFolder, pidFiles } from '../../src/platform/pid-files.js'
import { cookieVariable, startTimeOf, stateOf } from '../../src/platform/process-table.js'
import { root, until } from '../end-to-end/engine-process.js'
import { child, endAll, ended, Group, hasEnded, idle, script, stay } from './group.js'

const test = suite('pid files')
let folder = ''
let reports: string[] = []
test.before.each(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'sidestream-test-')), 'run')
  reports = []
})
test.after.each(() => {
  endAll()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const files = () => pidFiles(folder, (problem) => reports.push(problem))
const newCookie = (): string => randomBytes(16).toString('hex')
const fileOf = (cookie: string): string => join(folder, `${cookie}.json`)
const withEnv = (cookie: string): NodeJS.ProcessEnv => ({ [cookieVariable]: cookie })

/** Changes what a file says, as if the host had died, or the pids were others. */
const change = (cookie: string, facts: object): void => {
  const file = JSON.parse(readFileSync(fileOf(cookie), 'utf8'))
  writeFileSync(fileOf(cookie), JSON.stringify({ ...file, ...facts }))
}
/** Our own pid, when another process had it. */
const goneHost = { host: { pid: process.pid, startTime: 'earlier' } }

/** A file for this process, whose host is gone. */
const orphaned = (pid: number, cookie: string, facts: object = {}): void => {
  files().add({ pid, cookie, command: 'an engine' })
  change(cookie, { ...goneHost, ...facts })
}

test('a file tells which engine is whose, to this user only', async () => {
  const { pid } = await idle()
  const cookie = newCookie()
  const remove = files().add({ pid, cookie, command: 'node engine.js' })
  const { pidNamespace, ...facts } = JSON.parse(readFileSync(fileOf(cookie), 'utf8'))
  assert.equal(facts, {
    version: 1,
    pid,
    startTime: startTimeOf(pid),
    cookie,
    command: 'node engine.js',
    host: { pid: process.pid, startTime: startTimeOf(process.pid) },
  })
  assert.type(pidNamespace, 'string')
  assert.is(statSync(folder).mode & 0o777, 0o700)
  assert.is(statSync(fileOf(cookie)).mode & 0o777, 0o600)
  assert.equal(readdirSync(folder), [`${cookie}.json`])
  remove()
  remove() // no matter if it is gone
  assert.equal(readdirSync(folder), [])
  assert.equal(reports, [])
})

test('a cookie that could be a path is a mistake', () => {
  for (const cookie of ['', '../0123456789abcdef', 'short', '0123456789ABCDEF']) {
    assert.throws(() => files().add({ pid: process.pid, cookie, command: '' }), TypeError)
  }
})

test('an engine whose host lives is left alone', async () => {
  const cookie = newCookie()
  const engine = await idle(withEnv(cookie))
  files().add({ pid: engine.pid, cookie, command: 'an engine' })
  assert.equal(await files().sweep(), [])
  await engine.answers()
  assert.ok(existsSync(fileOf(cookie)))
})

test('an engine whose host is gone is killed with its group, and nobody else', async () => {
  const innocent = await idle()
  const cookie = newCookie()
  const children = [child(), child(`env -u ${cookieVariable}`), child('setsid')].join(' ')
  const engine = await script(`${children} exec ${stay}`, 3, withEnv(cookie))
  const exit = once(engine.child, 'exit')
  orphaned(engine.pid, cookie)
  const [swept, ...others] = await files().sweep()
  assert.equal(others, [])
  assert.is(swept?.pid, engine.pid)
  assert.is(swept?.command, 'an engine')
  const family = [engine.pid, ...engine.printed]
  assert.equal([...(swept?.killed ?? [])].sort(), family.sort())
  assert.is((await exit)[1], 'SIGKILL')
  for (const pid of engine.printed) await ended(pid)
  assert.equal(readdirSync(folder), [])
  await innocent.answers()
})

test('what a dead engine has left behind is found by its cookie', async () => {
  const cookie = newCookie()
  const children = [child(), child(`env -u ${cookieVariable}`), child('setsid')].join(' ')
  const engine = await script(`${children} exec ${stay}`, 3, withEnv(cookie))
  orphaned(engine.pid, cookie)
  await engine.killed()
  assert.is(stateOf(engine.pid), 'gone')
  const [swept] = await files().sweep()
  assert.equal([...(swept?.killed ?? [])].sort(), [...engine.printed].sort())
  for (const pid of engine.printed) await ended(pid)
  assert.equal(readdirSync(folder), [])
})

test('a stopped engine is killed, too', async () => {
  const cookie = newCookie()
  const engine = await idle(withEnv(cookie))
  const exit = once(engine.child, 'exit')
  engine.child.kill('SIGSTOP')
  await until('stopped', () => stateOf(engine.pid) === 'stopped')
  orphaned(engine.pid, cookie)
  await files().sweep()
  await exit
})

test('a stranger who was given the pid of an engine is not killed', async () => {
  const stranger = await script(`${child()} exec ${stay}`, 1)
  const cookie = newCookie()
  orphaned(stranger.pid, cookie, { startTime: 'earlier' })
  const [swept] = await files().sweep()
  assert.equal(swept?.killed, [])
  assert.equal(readdirSync(folder), [])
  await stillThere(stranger.pid, ...stranger.printed)
})

test('a process that lacks the cookie is not killed, whatever the file says', async () => {
  const stranger = await script(`${child()} exec ${stay}`, 1, withEnv(newCookie()))
  const cookie = newCookie()
  orphaned(stranger.pid, cookie)
  const [swept] = await files().sweep()
  assert.equal(swept?.killed, [])
  assert.equal(readdirSync(folder), [])
  await stillThere(stranger.pid, ...stranger.printed)
})

test('the group of a stranger stays, although one with the cookie is killed', async () => {
  const cookie = newCookie()
  const carrier = await script(child(), 1, withEnv(cookie))
  const stranger = await script(`${child()} exec ${stay}`, 1)
  orphaned(stranger.pid, cookie, { startTime: 'earlier' })
  const [swept] = await files().sweep()
  assert.equal(swept?.killed, carrier.printed)
  for (const pid of carrier.printed) await ended(pid)
  await stillThere(stranger.pid, ...stranger.printed)
})

test('so does a group whose leader is dead, if none of it has the cookie', async () => {
  const cookie = newCookie()
  const carrier = await script(child(), 1, withEnv(cookie))
  const stranger = await script(`${child()} exec ${stay}`, 1)
  orphaned(stranger.pid, cookie)
  await stranger.killed()
  const [swept] = await files().sweep()
  assert.equal(swept?.killed, carrier.printed)
  await stillThere(...stranger.printed)
})

/** A signal that was sent has come when a later one has: both are told in the order of their numbers, SIGKILL before SIGSTOP. */
const stillThere = async (...pids: number[]): Promise<void> => {
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  const states: (string | undefined)[] = []
  for (const pid of pids) {
    await until(`${pid} stopped or ended`, () => stateOf(pid) === 'stopped' || hasEnded(pid))
    states.push(stateOf(pid))
  }
  // First of all: who is stopped does not see the end of the test.
  for (const pid of pids) if (!hasEnded(pid)) process.kill(pid, 'SIGCONT')
  for (const state of states) assert.is(state, 'stopped')
}

/** A host of its own process: what it does with `files`, which are the pid files of the folder. */
const host = (action: string, env: NodeJS.ProcessEnv = {}): Group => {
  const code = `
    import { spawn } from 'node:child_process'
    import { readSync } from 'node:fs'
    import { pidFiles } from '${root}src/platform/pid-files.ts'
    const files = pidFiles(${JSON.stringify(folder)})
    ${action}`
  return new Group([process.execPath, '--import', 'tsx', '--input-type=module', '-e', code], env)
}

test('ends the engine of a host that was killed', async () => {
  const cookie = newCookie()
  const killed = host(`
    const stdio = ['ignore', 'ignore', 'ignore', 3]
    const env = { ...process.env, ${cookieVariable}: '${cookie}' }
    const { pid } = spawn('sh', ['-c', 'exec ${stay}'], { detached: true, stdio, env })
    files.add({ pid, cookie: '${cookie}', command: 'cat' })
    console.log(String(pid))
    readSync(3, Buffer.alloc(1))`)
  const engine = Number(await killed.line())
  assert.equal(await files().sweep(), [])
  assert.not(hasEnded(engine))
  await killed.killed()
  assert.equal(await files().sweep(), [{ pid: engine, command: 'cat', killed: [engine] }])
  await ended(engine)
  assert.equal(readdirSync(folder), [])
})

test('a host that is a zombie is gone', async () => {
  const parent = new Group([
    process.execPath,
    '-e',
    `console.log(String(require('node:child_process').spawn('true').pid))
    require('node:fs').readSync(3, Buffer.alloc(1))`,
  ])
  const pid = Number(await parent.line())
  await until('a zombie', () => stateOf(pid) === 'zombie')
  const cookie = newCookie()
  const engine = await idle(withEnv(cookie))
  orphaned(engine.pid, cookie, { host: { pid, startTime: startTimeOf(pid) } })
  assert.equal((await files().sweep())[0]?.killed, [engine.pid])
})

test('an engine that is a host does not sweep its own family', async () => {
  const cookie = newCookie()
  const engine = host(
    'console.log(String(process.pid)); console.log(JSON.stringify(await files.sweep()))',
    withEnv(cookie),
  )
  orphaned(engine.pid, cookie)
  assert.is(Number(await engine.line()), engine.pid)
  assert.is(await engine.line(), '[]')
  assert.ok(existsSync(fileOf(cookie)))
})

test('two hosts that sweep at once do not hurt each other', async () => {
  const innocent = await idle()
  const family = withEnv(newCookie())
  const cookies = [newCookie(), newCookie(), newCookie()]
  const engines = await Promise.all(
    cookies.map((cookie) =>
      script(`${child()} exec ${stay}`, 1, { ...family, ...withEnv(cookie) }),
    ),
  )
  const exits = engines.map((engine) => once(engine.child, 'exit'))
  for (const [index, engine] of engines.entries()) orphaned(engine.pid, cookies[index] as string)
  const swept = (await Promise.all([files().sweep(), files().sweep()])).flat()
  await Promise.all(exits)
  for (const pid of engines.flatMap(({ printed }) => printed)) await ended(pid)
  assert.equal(new Set(swept.map(({ pid }) => pid)), new Set(engines.map(({ pid }) => pid)))
  assert.equal(readdirSync(folder), [])
  assert.equal(reports, [])
  await innocent.answers()
})

test('a broken file goes when it is old, and keeps no other from being swept', async () => {
  const cookie = newCookie()
  const engine = await idle(withEnv(cookie))
  const exit = once(engine.child, 'exit')
  orphaned(engine.pid, cookie)
  const names = ['tmp', 'json'].flatMap((ending) =>
    ['young', 'old'].map((age) => ({ age, name: `${newCookie()}.${ending}` })),
  )
  for (const { name } of names) writeFileSync(join(folder, name), '{"version": 1, "pid": ')
  const another = newCookie() // a file under a name that is not its own
  writeFileSync(fileOf(another), readFileSync(fileOf(cookie)))
  mkdirSync(fileOf(newCookie()))
  const longAgo = new Date(Date.now() - 61_000)
  for (const { age, name } of names) {
    if (age === 'old') utimesSync(join(folder, name), longAgo, longAgo)
  }
  assert.is((await files().sweep()).length, 1)
  await exit
  const left = readdirSync(folder)
  for (const { age, name } of names) assert.is(left.includes(name), age === 'young', name)
  assert.is(left.length, 4)
})

test('a file that cannot be removed is reported', async () => {
  const cookie = newCookie()
  orphaned(process.pid, newCookie())
  mkdirSync(fileOf(cookie))
  const longAgo = new Date(Date.now() - 61_000)
  utimesSync(fileOf(cookie), longAgo, longAgo)
  assert.is((await files().sweep()).length, 1)
  assert.is(reports.length, 1)
  assert.match(reports[0] as string, `${cookie}.json is not swept: `)
})

test('what is for others to sweep stays', async () => {
  const cookies = [newCookie(), newCookie()]
  const engines = await Promise.all(cookies.map((cookie) => idle(withEnv(cookie))))
  orphaned((engines[0] as Group).pid, cookies[0] as string, { pidNamespace: 'of a container' })
  orphaned((engines[1] as Group).pid, cookies[1] as string, { version: 2, host: 'in another form' })
  const longAgo = new Date(Date.now() - 61_000)
  for (const cookie of cookies) utimesSync(fileOf(cookie), longAgo, longAgo)
  writeFileSync(join(folder, 'notes.json'), '')
  utimesSync(join(folder, 'notes.json'), longAgo, longAgo)
  assert.equal(await files().sweep(), [])
  assert.is(readdirSync(folder).length, 3)
  for (const engine of engines) await engine.answers()
})

/** Neither adds a file nor believes one. */
const isRefused = async (because: RegExp): Promise<void> => {
  const cookie = newCookie()
  const before = readdirSync(folder)
  const engine = await idle(withEnv(cookie))
  files().add({ pid: engine.pid, cookie, command: 'an engine' })()
  assert.equal(readdirSync(folder), before)
  assert.equal(await files().sweep(), [])
  assert.is(reports.length, 2)
  for (const report of reports) assert.match(report, because)
}

test('a folder that others may write to is not used', async () => {
  const cookie = newCookie()
  const engine = await idle(withEnv(cookie))
  orphaned(engine.pid, cookie)
  chmodSync(folder, 0o777)
  await isRefused(/can be written to by other users/)
  await engine.answers()
})

test('neither is one of another user, even if it leads here', async () => {
  const own = `${folder}-own`
  mkdirSync(own, { mode: 0o700 })
  symlinkSync(own, folder)
  await isRefused(/is not a directory/)
  if (process.getuid?.() !== 0) return // only root can give a folder away
  reports = []
  rmSync(folder)
  mkdirSync(folder, { mode: 0o700 })
  chownSync(folder, 12_345, 12_345)
  await isRefused(/belongs to another user/)
})

test('an engine that is gone has no file', async () => {
  const engine = await idle()
  await engine.killed()
  files().add({ pid: engine.pid, cookie: newCookie(), command: 'an engine' })()
  assert.not(existsSync(folder))
})

test('the folder is in that of the session, if there is one', () => {
  const before = process.env['XDG_RUNTIME_DIR']
  const own = join(tmpdir(), `sidestream-${process.getuid?.()}`)
  try {
    process.env['XDG_RUNTIME_DIR'] = join(folder, '..')
    assert.is(defaultRunFolder(), join(folder, '..', 'sidestream'))
    for (const useless of ['src', join(folder, 'missing'), '']) {
      process.env['XDG_RUNTIME_DIR'] = useless
      assert.is(defaultRunFolder(), own)
    }
    delete process.env['XDG_RUNTIME_DIR']
    assert.is(defaultRunFolder(), own)
  } finally {
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR']
    else process.env['XDG_RUNTIME_DIR'] = before
  }
})

test('a folder that cannot be is told, and not tried for ever', async () => {
  const nowhere = pidFiles('/proc/1/nowhere/at-all', (problem) => reports.push(problem))
  const { pid } = await idle()
  nowhere.add({ pid, cookie: newCookie(), command: 'an engine' })()
  assert.equal(await nowhere.sweep(), [])
  assert.match(reports[0] ?? '', /^No pid file for an engine: ENOENT/)
  assert.match(reports[1] ?? '', /^Engines of earlier hosts are not looked for: ENOENT/)
})

test.run()
