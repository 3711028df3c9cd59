/** What README shows is what runs. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
const blocks = (language: string): string[] =>
  [...text('README.md').matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(
    ([, block]) => block as string,
  )

/** Lines without what a file's nesting adds to them. */
const flat = (code: string): string =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')

const test = suite('README')

test('its first engine is the sample, and answers what it says', () => {
  const [engine] = blocks('js')
  assert.is(engine, text('samples/ten-lines.js'))
  const [console = ''] = blocks('console')
  const calls = console.split('$ npx sidestream ').slice(1)
  assert.is(calls.length, 2)
  for (const call of calls) {
    const [command = '', ...expected] = call.trimEnd().split('\n')
    const line = `${process.execPath} dist/cli.cjs ${command.replace('ten-lines.js', 'samples/ten-lines.js')}`
    const { stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: root, encoding: 'utf8' })
    assert.ok(`${stdout}${stderr}`.startsWith(expected.join('\n')), `${stdout}${stderr}`)
  }
})

test('its own stage is the one that is tested', () => {
  const tested = flat(text('test/readme/own-stage.test.ts'))
  const examples = blocks('ts')
  assert.is(examples.length, 2)
  for (const example of examples)
    assert.ok(tested.includes(flat(example).replace(/\n}\)$/, '')), example)
})

test.run()
