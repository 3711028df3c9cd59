import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('options of the engines in Python')

const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)), 'utf8')

for (const [engine, module] of [
  ['faster-whisper', 'whisper_options'],
  ['funasr', 'funasr_options'],
] as const) {
  test(`${engine} takes those that its Python knows`, () => {
    const python = textOf(`bridge/python/sidestream_bridge/speech/${module}.py`)
    const [, known = ''] = /^ENGINE_OPTIONS[^\n]*= \{\n(.*?)^\}/ms.exec(python) ?? []
    const [, told = ''] =
      /engineOptions: \[(.*?)\]/s.exec(textOf(`speech/engines/${engine}.ts`)) ?? []
    const names = [...known.matchAll(/^ {4}"(\w+)":/gm)].map(([, name]) => name)
    assert.ok(names.length > 0)
    assert.equal(
      [...told.matchAll(/'(\w+)'/g)].map(([, name]) => name),
      names,
    )
  })
}

test.run()
