/** What a supervisor writes to disk, with the real ports, and what becomes of it where that cannot be written. */
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BlackBoxFile, type HostEvent, moduleCommand, supervise } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testLog } from '../../src/testing/test-log.js'
import { tester } from '../cli/sidestream.js'

const test = suite('written down')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-written-'))
test.after(() => rmSync(folder, { recursive: true }))

const spec = {
  ...moduleCommand(tester, ['--log-level=warn']),
  restart: { backoff: { base: 1, factor: 1 } },
}

/** Ends the process of the only engine, and waits until this is told. */
const kill = async (engines: ReturnType<typeof start>['engines'], type: HostEvent['type']) => {
  const told = new EventTarget()
  const event = once(told, type)
  const listener = engines.events$.subscribe((it) => {
    told.dispatchEvent(Object.assign(new Event(it.type), { told: it }))
  })
  const pid = engines.status[0]?.pid as number
  process.kill(pid, 'SIGKILL')
  const [{ told: it }] = (await event) as [{ told: HostEvent }]
  listener.unsubscribe()
  return { pid, event: it }
}

const start = (blackBoxes: { folder: string; keep?: number }, runFolder: string) => {
  const { log, records } = testLog()
  return { engines: supervise({ engines: { tester: spec }, blackBoxes, runFolder, log }), records }
}

test('a black box: for this user only, with the last messages, and only the latest are kept', async () => {
  const boxes = join(folder, 'boxes')
  const { engines } = start({ folder: boxes, keep: 2 }, join(folder, 'run'))
  await engines.ready()
  const files: string[] = []
  try {
    for (let n = 1; n <= 3; n += 1) {
      await engines.engine('tester').request('echo', { nth: n })
      const { pid, event } = await kill(engines, 'black-box')
      assert.is(event.type, 'black-box')
      const { file } = event as Extract<HostEvent, { type: 'black-box' }>
      files.push(file)
      assert.is(statSync(file).mode & 0o777, 0o600)
      assert.is(statSync(boxes).mode & 0o777, 0o700)
      const box = JSON.parse(readFileSync(file, 'utf8')) as BlackBoxFile
      assert.is(box.version, 1)
      assert.equal([box.engine, box.epoch, box.pid], ['tester', n, pid])
      assert.equal([box.reason, box.end], ['signal', { how: 'killed', signal: 'SIGKILL' }])
      assert.ok(box.startedAt < box.endedAt)
      const sent = box.entries.filter(({ kind }) => kind === '>').map(({ text }) => text)
      assert.ok(sent.some((text) => text.includes(`"nth":${n}`)))
      assert.ok(box.entries.some(({ kind, text }) => kind === 'event' && text === 'ready'))
    }
  } finally {
    await engines.stop()
  }
  assert.equal(
    readdirSync(boxes)
      .map((name) => join(boxes, name))
      .sort(),
    files.slice(1),
  )
})

test('secrets in the environment and the arguments of an engine are written nowhere', async () => {
  const [boxes, run] = [join(folder, 'secret boxes'), join(folder, 'secret run')]
  const { log, records } = testLog()
  const secret = 'hunter2'
  const engines = supervise({
    engines: {
      tester: {
        ...spec,
        command: 'sh',
        args: ['-c', 'exec "$@"', `--api-key=${secret}`, spec.command, ...(spec.args ?? [])],
        env: { API_KEY: secret },
      },
    },
    blackBoxes: { folder: boxes },
    runFolder: run,
    log,
  })
  const told: unknown[] = []
  engines.events$.subscribe((event) => told.push(event))
  await engines.ready()
  const files = readdirSync(run).map((name) => readFileSync(join(run, name), 'utf8'))
  assert.is(files.length, 1)
  await kill(engines, 'black-box')
  await engines.stop()
  files.push(...readdirSync(boxes).map((name) => readFileSync(join(boxes, name), 'utf8')))
  assert.is(files.length, 2)
  assert.not.match(JSON.stringify([told, records, files, engines.status]), secret)
})

test('folders that cannot be written to are warnings, and no more', async () => {
  const nowhere = '/dev/null/x'
  const { engines, records } = start({ folder: nowhere }, nowhere)
  await engines.ready()
  try {
    await kill(engines, 'ready')
    assert.is(await engines.engine('tester').request('add', { a: 2, b: 40 }), 42)
  } finally {
    await engines.stop()
  }
  const warnings = records
    .filter(({ level }) => level === 'warn' || level === 'error')
    .map(({ level, message }) => `${level} ${message.replace(/:.*/, '')}`)
  const isMeant = /^warn (No pid file for|Engines of earlier hosts|A black box could|It was killed)/
  assert.equal(
    warnings.filter((it) => !isMeant.test(it)),
    [],
  )
  assert.ok(warnings.includes('warn A black box could not be written'))
  assert.ok(warnings.includes('warn Engines of earlier hosts are not looked for'))
})

test.run()
