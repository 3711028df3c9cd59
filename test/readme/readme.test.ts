/** What README shows is what runs. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
const blocks = (language: string): string[] =>
  [...text('README.md').matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(
    ([, block]) => block as string,
  )

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
    const printed = `${stdout}${stderr}`.trimEnd().replace('samples/', '')
    assert.is(printed, expected.join('\n'))
  }
})

test('its own stage passes its test as it is pasted', () => {
  const [, stage] = blocks('js')
  // In this package, so that its own name means it.
  const folder = mkdtempSync(join(root, 'coverage-docs-'))
  writeFileSync(join(folder, 'patients.test.js'), stage as string)
  const { stdout } = spawnSync(
    process.execPath,
    ['--test', '--test-reporter=tap', 'patients.test.js'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    },
  )
  rmSync(folder, { recursive: true })
  assert.match(stdout, /# pass 1\n# fail 0/)
})

test('it shows one way to write code: all of it is run', () => {
  assert.is(blocks('js').length, 2)
  assert.is(blocks('ts').length, 0)
})

test.run()
