/** What is refused before there is a process. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Command } from '../../src/ports/child.js'
import { startChild } from '../../src/transport/child-process.js'
import { root } from '../end-to-end/engine-process.js'

const test = suite('startChild')
const command = process.execPath
const refusals: readonly [object, RegExp][] = [
  [{ args: ['a\0b'] }, /args\[0\].*null bytes/],
  [{ args: 'abc' }, /args/],
  [{ env: { A: 'x\0y' } }, /null bytes/],
  [{ env: null }, /null/],
  [{ inherit: 5 }, /inherit/],
  [{ cwd: 5 }, /5/],
  [{ cwd: '/\0' }, /there is no directory/],
  [{ command: 'a\0' }, /null bytes/],
  [{ command: 5, sha256: '0'.repeat(64) }, /string|includes/],
]

test('never rejects: what Node refuses to start has ended, with the reason', async () => {
  for (const [wrong, reason] of refusals) {
    const child = await startChild({ command, ...wrong } as Command)
    assert.is(child.pid, undefined)
    const end = await child.ended
    assert.is(end.how, 'not-started')
    assert.match(end.how === 'not-started' ? end.reason : '', reason)
  }
})

test('a command that is not there does not come with another try', async () => {
  const { ended } = await startChild({ command: 'there-is-no-such-command' })
  assert.equal(await ended, {
    how: 'not-started',
    reason: 'there is no command there-is-no-such-command',
  })
})

/** Runs a text that may import sources of ours; its standard output. */
const run = async (text: string, before = ''): Promise<string> => {
  const script = `import { startChild } from './src/transport/child-process.ts'\n${text}`
  const node = `exec "$0" --import tsx --input-type=module -e "$1"`
  const { stdout } = await promisify(execFile)('sh', ['-c', `${before} ${node}`, command, script], {
    cwd: root,
  })
  return stdout.trim()
}

test('a host without descriptors to spare is told so, and may try again', async () => {
  const ends = await run(
    `
      import { closeSync, openSync } from 'node:fs'
      await (await startChild({ command: process.execPath, args: ['-e', ''] })).ended
      const open = []
      try { for (;;) open.push(openSync('/dev/null')) } catch {}
      const ends = new Set()
      for (let spare = 0; spare < 24; spare += 1) {
        const { ended } = await startChild({ command: 'true' })
        const { how, isTransient } = await ended
        ends.add(how === 'exited' ? how : how + ' ' + isTransient)
        closeSync(open.pop())
      }
      console.log([...ends].join(', '))
    `,
    'ulimit -n 64;',
  )
  assert.is(ends, 'not-started true, exited')
})

test('a temporary folder with too long a name is not used for the sockets of a channel', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-long-'))
  const long = join(folder, 'd'.repeat(100))
  mkdirSync(long)
  try {
    const told = await run(`
      process.env.TMPDIR = ${JSON.stringify(long)}
      const { ended } = await startChild({ command: 'sh', args: ['-c', 'exit $(echo -n "$SIDESTREAM_CHANNEL" | wc -c)'] })
      console.log(JSON.stringify(await ended))
    `)
    assert.equal(JSON.parse(told), { how: 'exited', exitCode: 0 })
    assert.equal(readdirSync(folder), ['d'.repeat(100)])
    assert.equal(readdirSync(long), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
