import { Ajv } from 'ajv'
import fc from 'fast-check'
import type * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as everything from '../../src/models/index.js'
import { compileDecoder } from '../../src/protocol/codec.js'
import { models } from './all-models.js'
import { arbitraryOf, json } from './arbitrary-of.js'

const test = suite('schemas of models')
const schemas = everything.modelSchemas()
const runs = { numRuns: 100, includeErrorInReport: true }

test('every codec that is exported has one', () => {
  // That of a config is made by `sidestream config schema`, which may know an engine's own settings.
  const { modelSchemas, modelsVersion, RuntimeConfig, ...codecs } = everything
  assert.equal(Object.keys(schemas).sort(), Object.keys(codecs).sort())
  assert.equal(models, codecs)
})

/** What a schema cannot say, as problems name it. */
const conditions =
  / with (start ≤ end|minDurationMs ≤ maxDurationMs|20 to 500 ms|one count more than bounds|text or emptyReason)$/

/** Some member, somewhere, is left out, replaced or added. */
const mutated = (value: unknown, choices: readonly number[], more: unknown): unknown => {
  const [choice = 0, ...rest] = choices
  if (typeof value !== 'object' || value === null) return more
  const keys = Object.keys(value)
  const key = keys[choice % (keys.length + 1)]
  if (key === undefined) return Array.isArray(value) ? [...value, more] : { ...value, more }
  const inner = (value as Record<string, unknown>)[key]
  if (rest.length > 0) {
    const changed = mutated(inner, rest, more)
    return Array.isArray(value)
      ? value.map((it, i) => (String(i) === key ? changed : it))
      : { ...value, [key]: changed }
  }
  const kept = Object.entries(value).filter(([name]) => name !== key)
  return Array.isArray(value) ? kept.map(([, it]) => it) : Object.fromEntries(kept)
}

/** Values beside the bounds of members. */
const edges = fc.constantFrom<unknown>(
  -2,
  -1,
  -0.5,
  0,
  0.5,
  1,
  1.5,
  7999,
  192_001,
  '',
  'a',
  [],
  null,
)

const verdicts = { Left: 0, Right: 0 }

for (const [name, schema] of Object.entries(schemas)) {
  const codec = models[name] as t.Mixed
  const ajv = new Ajv({ strict: true, allowUnionTypes: true })

  test(`that of ${name} is one of draft 7, by its name and version, and describes all members`, () => {
    assert.is(schema.$schema, 'http://json-schema.org/draft-07/schema#')
    assert.is(schema.$id, `sidestream:models/1/${name}`)
    assert.is(schema.title, name)
    assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors))
    assert.equal(undescribed(schema, name), [])
  })

  test(`that of ${name} and its codec agree`, () => {
    const isValid = ajv.compile(schema)
    const decode = compileDecoder(codec)
    const replacement = fc.oneof(edges, json)
    const path = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(arbitraryOf(codec), path, replacement, (value, choices, more) => {
        const sent = JSON.parse(JSON.stringify(value))
        assert.ok(isValid(sent), JSON.stringify(isValid.errors))
        const changed = mutated(sent, choices, more)
        const decoded = decode(changed)
        verdicts[decoded._tag] += 1
        if (decoded._tag === 'Left' && decoded.left.problems.every(isCondition)) return
        assert.is(isValid(changed), decoded._tag === 'Right', JSON.stringify(changed))
      }),
      runs,
    )
  })
}

const isCondition = ({ expected }: { readonly expected: string }): boolean =>
  conditions.test(expected)

/** Members without a description, by their path. */
const undescribed = (schema: everything.JsonSchema, path: string): readonly string[] => {
  const { properties = {}, items, anyOf = [] } = schema as Inner
  const own = schema.description === undefined ? [path] : []
  const members = Object.entries(properties).flatMap(([key, it]) =>
    undescribed(it, `${path}.${key}`),
  )
  const parts = anyOf
    .filter((it) => 'properties' in it)
    .flatMap((it, i) => undescribed(it, `${path}|${i}`))
  return [
    ...own,
    ...members,
    ...parts,
    ...(items?.properties ? undescribed(items, `${path}[]`) : []),
  ]
}
interface Inner {
  readonly properties?: Readonly<Record<string, everything.JsonSchema>>
  readonly items?: everything.JsonSchema
  readonly anyOf?: readonly everything.JsonSchema[]
}

test('many values of both verdicts were compared', () => {
  assert.ok(Math.min(verdicts.Left, verdicts.Right) > 300, JSON.stringify(verdicts))
})

test.run()
