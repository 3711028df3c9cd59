/**
 * The guide "See your engine in five minutes", followed as it is written: its files are written down, its commands are run
 * in their order, and draw the waterfalls that it shows. Times, ids and the lengths of bars are those of another run.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('see your engine')
const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = readFileSync(join(root, 'docs/guides/see-your-engine.md'), 'utf8')
const blocks = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = '', text = '']) => ({ language, text }),
)

/** In this package, so that its own name means it. */
const folder = mkdtempSync(join(root, 'coverage-docs-'))
test.after(() => rmSync(folder, { recursive: true }))
symlinkSync(join(root, 'samples'), join(folder, 'samples'))
for (const { language, text } of blocks) {
  const name = /^\/\/ ([\w-]+\.js)\n/.exec(text)?.[1]
  if (language === 'js' && name !== undefined) writeFileSync(join(folder, name), text)
}

/** Commands, and what the guide shows of what they print. */
const steps = blocks.flatMap(({ language, text }, index) => {
  const next = blocks[index + 1]
  if (language !== 'sh') return []
  return [{ commands: text.trim(), shown: next?.language === 'text' ? next.text : undefined }]
})

const env = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  XDG_STATE_HOME: join(folder, 'state'),
}

/** stdout first, as the guide has it. */
const printed = (commands: string): string => {
  const line = commands.replaceAll('npx sidestream', `${process.execPath} ../dist/cli.cjs`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env,
  })
  assert.is(status, 0, `${commands}\n${stdout}${stderr}`)
  return `${stdout}${stderr}`
}

const stages = ['deadline', 'admit', 'validateParams', 'limit', 'dispatch']

/** What a line says whenever it is printed; nothing for a stage, which has a line if it is long enough. */
const lasting = (line: string): readonly string[] => {
  const [label, bar] = line.split(' ▕')
  if (bar !== undefined) {
    const name = label?.trim().split(/ {2,}/).at(-1) ?? '' // behind the service
    return stages.includes(name) ? [] : [name]
  }
  const [, name, counts] =
    /^(\S.*?) {2}\S+ \S+ {2}(\d+ spans?(?: {2}\d+ errors?)?) {2}/.exec(line) ?? []
  if (name !== undefined) return [`${name}: ${counts}`]
  return [line.trim().replace(/[\da-f]{16,}|\d+/g, '#')]
}

/** Spans that begin at the same time may change their places. */
const lastingLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap(lasting)
    .toSorted()

test('shows six things to do, and what five of them print', () => {
  assert.is(steps.length, 6)
  assert.is(steps.filter(({ shown }) => shown !== undefined).length, 5)
})

for (const { commands, shown } of steps) {
  test(commands.split('\n').at(-1) as string, () => {
    const text = printed(commands)
    if (shown === undefined) {
      assert.match(text, /^\{"span":"write",/m)
      return
    }
    const lines = lastingLines(text)
    if (!commands.includes('vad.detect')) assert.equal(lines, lastingLines(shown))
    // Of the demo, the guide shows what stands behind the result.
    else for (const line of lastingLines(shown)) assert.ok(lines.includes(line), `${line}\n${text}`)
  })
}

test.run()
