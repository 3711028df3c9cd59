import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as t from 'io-ts'
import { rolldown } from 'rolldown'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder } from '../../src/protocol/codec.js'
import { asStock } from '../../src/protocol/codec-stock.js'
import { NumberFromString, withValidate } from './codec-arbitrary.js'

const test = suite('codec-stock')

/** One codec from each combinator of a copy of io-ts. */
const codecsOf = (io: typeof t): Record<string, t.Any> => ({
  ...{ string: io.string, number: io.number, boolean: io.boolean, null: io.null, void: io.void },
  ...{ unknown: io.unknown, any: io.any, list: io.UnknownArray, object: io.UnknownRecord },
  literal: io.literal(1),
  keyof: io.keyof({ a: 1 }),
  Int: io.Int,
  recursion: io.recursion('R', () => io.null),
  array: io.array(io.string),
  readonlyArray: io.readonlyArray(io.string),
  type: io.type({ a: io.string }),
  partial: io.partial({ a: io.string }),
  record: io.record(io.string, io.string),
  listed: io.record(io.literal('a'), io.string),
  union: io.union([io.string, io.number]),
  tagged: io.union([io.type({ k: io.literal(1) }), io.type({ k: io.literal(2) })]),
  intersection: io.intersection([io.type({}), io.partial({})]),
  tuple: io.tuple([io.string]),
  readonly: io.readonly(io.string),
  strict: io.strict({ a: io.string }),
  exact: io.exact(io.intersection([io.type({}), io.partial({})])),
})

const unknownOf = (io: typeof t): string[] =>
  Object.entries(codecsOf(io)).flatMap(([name, codec]) => (asStock(codec) ? [] : [name]))

test('codecs of our io-ts are known', () => {
  assert.equal(unknownOf(t), [])
})

test('codecs of another build of io-ts are known: ours is bundled, a user has CommonJS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codec-stock-'))
  try {
    const entry = createRequire(import.meta.url)
      .resolve('io-ts')
      .replace('/lib/', '/es6/')
    // Names of its own make the bundler rename those of io-ts, as in a bundle of more than io-ts.
    const own =
      'export let isLeft = 1; export let UnknownRecord = 2; export const set = (n) => { isLeft = UnknownRecord = n }'
    writeFileSync(join(folder, 'own.js'), own)
    const reexport = `export { isLeft as own1, UnknownRecord as own2, set } from './own.js'`
    writeFileSync(join(folder, 'entry.js'), `${reexport}; export * from '${entry}'`)
    const bundle = await rolldown({ input: join(folder, 'entry.js'), platform: 'node' })
    const file = join(folder, 'io-ts.js')
    await bundle.write({ file, format: 'esm' })
    await bundle.close()
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    const copy = (await import(pathToFileURL(file).href)) as typeof t
    assert.is.not(copy.string, t.string)
    assert.equal(unknownOf(copy), [])
    assert.is(compileDecoder(copy.strict({ a: copy.number }))({ a: 1, b: 2 })._tag, 'Left')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('copies with another validate and codecs of users are not', () => {
  const { strict, recursion, array, readonly } = codecsOf(t)
  for (const codec of [strict, recursion, array, readonly] as t.Any[]) {
    assert.is(asStock(withValidate(codec, (input) => t.success(input))), undefined)
    const withFallback = withValidate(codec, (input, context) => {
      const outcome = codec.validate(input, context)
      return outcome._tag === 'Left' ? t.success(null) : outcome
    })
    assert.is(asStock(withFallback), undefined)
  }
  assert.is(asStock(NumberFromString), undefined)
})

test.run()
