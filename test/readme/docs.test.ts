/** The code in docs/ has its types, and its engines serve. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Engine } from 'sidestream'
import { scriptedPeer } from 'sidestream/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('docs')
const root = fileURLToPath(new URL('../..', import.meta.url))
/** In this package, so that its own name means it. */
const folder = mkdtempSync(join(root, 'coverage-docs-'))

test.after(() => rmSync(folder, { recursive: true }))

const codeOf = (page: string): string[] =>
  [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
    ([, block], index) => {
      const file = join(folder, `${page}-${index + 1}.ts`)
      writeFileSync(file, block as string)
      return file
    },
  )
const [guide, operators] = [codeOf('guide.md'), codeOf('operators.md')]

test('is right for a strict compiler', () => {
  assert.ok(guide.length >= 2 && operators.length >= 18)
  const config = {
    extends: '../tsconfig.json',
    include: ['*.ts'],
    compilerOptions: { rootDir: '..' },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { stdout } = spawnSync(tsc, ['--noEmit', '-p', folder], { encoding: 'utf8' })
  assert.is(stdout, '')
})

for (const file of [...guide, ...operators]) {
  test(`${file.slice(folder.length + 1)} runs`, async () => {
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
    if (module['default'] === undefined) {
      // What is no engine is a test: `export const oneAtATime = marbles(…)`.
      const tests = Object.values(module)
      assert.ok(tests.length > 0)
      for (const run of tests) await (run as () => Promise<void>)()
      return
    }
    const peer = scriptedPeer(module['default'] as Engine)
    const { state } = (await peer.call('engine.status')) as { state: string }
    assert.ok(['starting', 'ready'].includes(state))
    assert.is(await peer.end(), 0)
  })
}

test.run()
