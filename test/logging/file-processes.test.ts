import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, type Group } from '../platform/group.js'
import { LogFolder } from './file-folder.js'
import { tell, writer } from './file-writer.js'

const test = suite('file sink of real processes')
let log: LogFolder
test.before.each(() => {
  log = new LogFolder()
})
test.after.each(() => {
  endAll()
  log.remove()
})

/** An empty one tears nothing: it comes from a process that looked for a torn end while another one wrote. */
const lines = (): readonly string[] =>
  log
    .files()
    .join('')
    .split('\n')
    .filter((line) => line !== '')

const numbersTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

test('four processes write to one path, and each line of each is there once, whole and in order', async () => {
  const action = `
    say('ready')
    const name = told()
    for (let i = 0; i < 2000; i++) sink.write(JSON.stringify({ name, i, text: 'x'.repeat(i % 90) }) + '\\n')
    say(JSON.stringify({ dropped: sink.dropped, problems }))`
  const names = ['a', 'b', 'c', 'd']
  const writers = names.map(() => writer(action, { path: log.path, maxBytes: 10_000, keep: 999 }))
  for (const one of writers) assert.is(await one.line(), 'ready')
  for (const [index, one] of writers.entries()) tell(one, names[index] as string)
  for (const one of writers) {
    assert.equal(JSON.parse(await one.line()), { dropped: 0, problems: [] })
  }
  const records = lines().map((line) => JSON.parse(line))
  for (const name of names) {
    const own = records.filter((record) => record.name === name)
    assert.equal(
      own.map(({ i }) => i),
      numbersTo(2000),
    )
  }
  assert.is(records.length, 8000)
  assert.ok(log.files().length > 20)
})

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`${signal}, which nobody handles, loses no line`, async () => {
    const action = `
      for (let i = 0; ; i++) {
        sink.write(i + '\\n')
        say(String(i))
      }`
    const endless = writer(action, { path: log.path, maxBytes: 300, keep: 9999 })
    for (let i = 0; i < 1000; i++) await endless.line()
    endless.child.kill(signal)
    const acknowledged = 1000 + (await linesLeft(endless))
    const written = lines().map(Number)
    assert.equal(written, numbersTo(written.length))
    assert.ok(written.length === acknowledged || written.length === acknowledged + 1)
  })
}

const linesLeft = async (group: Group): Promise<number> => {
  for (let count = 0; ; count += 1) {
    const last = await group.line().catch(() => undefined)
    if (last === undefined || last === '') return count
  }
}

for (const [what, end] of [
  ['process.exit', 'process.exit(0)'],
  ['an error that nobody catches', "throw new Error('not caught')"],
] as const) {
  test(`${what} loses no line`, async () => {
    const action = `
      for (let i = 0; i < 5000; i++) sink.write(i + '\\n')
      ${end}`
    const settings = { path: log.path, maxBytes: 10_000, keep: 9999 }
    const { child } = writer(action, { ...settings, before: 'exec 2>/dev/null' })
    await once(child, 'exit')
    assert.equal(lines().map(Number), numbersTo(5000))
  })
}

test('without a descriptor to spare a full file is written to, and what is not open is opened later', async () => {
  const action = `
    sink.write('1\\n')
    const other = fileSink({ ...settings, path: ${JSON.stringify(`${log.folder}/other.log`)} }, ports)
    const taken = []
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'))
    } catch {}
    sink.write('2\\n')
    other.write('lost\\n')
    for (const fd of taken) closeSync(fd)
    clock.aheadMs += 1500
    sink.write('3\\n')
    other.write('kept\\n')
    const failures = problems.map(({ failed, code }) => [failed, code])
    say(JSON.stringify({ failures, dropped: [sink.dropped, other.dropped] }))`
  const poor = writer(action, {
    path: log.path,
    maxBytes: 3,
    keep: 9,
    before: 'ulimit -n 64',
  })
  assert.equal(JSON.parse(await poor.line()), {
    failures: [
      ['rotation', 'EMFILE'],
      ['write', 'EMFILE'],
    ],
    dropped: [0, 1],
  })
  assert.equal([log.text('engine.log.1'), log.text()], ['1\n2\n', '3\n'])
  assert.is(log.text('other.log.1'), 'kept\n') // after it comes the record of what was dropped
})

test.run()
