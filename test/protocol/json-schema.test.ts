import { Ajv } from 'ajv'
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Codec, compileDecoder } from '../../src/protocol/codec.js'
import { newDefinitions, toJsonSchema, withSchema } from '../../src/protocol/json-schema.js'
import { cases, NumberFromString, withValidate } from '../protocol/codec-arbitrary.js'

const test = suite('json-schema')

const accepts = (codec: Codec, value: unknown): boolean =>
  new Ajv({ strict: false, meta: false, validateSchema: false }).compile(toJsonSchema(codec))(value)

test('primitives, literals and enums', () => {
  assert.equal(toJsonSchema(t.string), { type: 'string' })
  assert.equal(toJsonSchema(t.number), { type: 'number' })
  assert.equal(toJsonSchema(t.Int), { type: 'integer' })
  assert.equal(toJsonSchema(t.boolean), { type: 'boolean' })
  assert.equal(toJsonSchema(t.null), { type: 'null' })
  assert.equal(toJsonSchema(t.unknown), {})
  assert.equal(toJsonSchema(t.undefined), { not: {} })
  assert.equal(toJsonSchema(t.literal(5)), { const: 5 })
  assert.equal(toJsonSchema(t.keyof({ tiny: 1, base: 1 })), { enum: ['tiny', 'base'] })
  assert.equal(toJsonSchema(t.union([t.literal('a'), t.keyof({ a: 1, b: 1 }), t.null])), {
    enum: ['a', 'b', null],
  })
})

test('an object with required, optional and nullable fields', () => {
  const codec = t.intersection([
    t.type({ path: t.string, from: t.union([t.number, t.null]) }),
    t.partial({ words: t.boolean }),
  ])
  const properties = {
    path: { type: 'string' },
    from: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    words: { type: 'boolean' },
  }
  assert.equal(toJsonSchema(codec), { type: 'object', properties, required: ['path', 'from'] })
})

test('what may be undefined is not required', () => {
  const codec = t.type({ a: t.union([t.string, t.undefined]), b: t.unknown })
  assert.equal(toJsonSchema(codec), {
    type: 'object',
    properties: { a: { type: 'string' }, b: {} },
  })
})

test('strict codecs forbid other keys, together if intersected', () => {
  const A = t.strict({ a: t.number })
  const B = t.exact(t.partial({ b: t.number }))
  const a = { type: 'number' }
  assert.equal(toJsonSchema(t.intersection([A, B])), {
    type: 'object',
    properties: { a, b: a },
    required: ['a'],
    additionalProperties: false,
  })
  const open = toJsonSchema(t.intersection([A, t.partial({ b: t.number })]))
  assert.not.ok('additionalProperties' in open)
  const both = t.intersection([t.type({ a: t.number }), t.type({ a: t.literal(1) })])
  assert.equal(toJsonSchema(both).properties, { a: { allOf: [a, { const: 1 }] } })
  const nothing = t.intersection([t.union([t.strict({}), t.strict({})]), t.strict({})])
  assert.not.ok(accepts(nothing, { a: 1 }))
  const twice = t.intersection([t.union([A, t.strict({ a: t.string })]), A])
  assert.equal(toJsonSchema(twice).propertyNames, { enum: ['a'] })
  const either = t.intersection([t.union([A, t.strict({ c: t.null })]), B])
  assert.ok(accepts(either, { a: 1, b: 2 }))
  assert.not.ok(accepts(either, { a: 1, d: 2 }))
})

test('arrays, tuples and dictionaries', () => {
  const number = { type: 'number' }
  assert.equal(toJsonSchema(t.readonlyArray(t.number)), { type: 'array', items: number })
  const pair = t.tuple([t.number, t.union([t.string, t.undefined])])
  assert.equal(toJsonSchema(pair), {
    type: 'array',
    minItems: 1,
    maxItems: 2,
    items: [number, { type: 'string' }],
  })
  assert.equal(toJsonSchema(t.record(t.string, t.number)), {
    type: 'object',
    additionalProperties: number,
  })
  assert.equal(toJsonSchema(t.record(t.keyof({ a: 1 }), t.number)), {
    type: 'object',
    properties: { a: number },
    required: ['a'],
  })
})

test('names that an author chose are titles', () => {
  assert.is(toJsonSchema(t.type({ a: t.number }, 'Segment')).title, 'Segment')
  assert.not.ok('title' in toJsonSchema(t.type({ a: t.number })))
  const Positive = t.refinement(t.number, (n) => n > 0, 'Positive')
  assert.equal(toJsonSchema(Positive), { title: 'Positive', type: 'number' })
})

test('codecs of users have the schema given to them, else a title', () => {
  assert.equal(toJsonSchema(NumberFromString), { title: 'NumberFromString' })
  const schema = { type: 'string', pattern: '^\\d+$' }
  const described = withSchema(NumberFromString, schema)
  assert.equal(toJsonSchema(t.array(described)), { type: 'array', items: schema })
  assert.equal(described.decode('12'), NumberFromString.decode('12'))
  const Fallback = withValidate(t.number, (input) => t.success(t.number.is(input) ? input : 0))
  assert.equal(toJsonSchema(Fallback), { title: 'number' }, 'its tag says number, it takes all')
  assert.equal(compileDecoder(withSchema(t.strict({ a: t.number }), {}))({ b: 1 })._tag, 'Left')
})

interface Tree {
  kids: Tree[]
}
const tree = (): t.Type<Tree> => t.recursion('Tree/~', (self) => t.strict({ kids: t.array(self) }))

test('a recursion is a definition that refers to itself', () => {
  const schema = toJsonSchema(t.type({ root: tree() }))
  assert.equal(schema.properties, { root: { $ref: '#/definitions/Tree~1~0' } })
  assert.equal(toJsonSchema(tree()).allOf, [{ $ref: '#/definitions/Tree~1~0' }])
  assert.ok(accepts(t.type({ root: tree() }), { root: { kids: [{ kids: [] }] } }))
  assert.not.ok(accepts(tree(), { kids: [{ kids: 1 }] }))
  assert.not.ok(accepts(tree(), { kids: [{ kids: [], more: 1 }] }))
  const grown = t.intersection([tree(), t.strict({ age: t.number })])
  assert.ok(accepts(grown, { kids: [], age: 3 }))
  assert.not.ok(accepts(grown, { kids: [], age: 3, more: 1 }))
})

test('two recursions of one name stay two definitions, kept where asked', () => {
  const definitions = newDefinitions('#/components/schemas/')
  const [one, two] = [tree(), tree()]
  const schema = toJsonSchema(t.tuple([one, two, one]), definitions)
  assert.equal(schema.items, [
    { $ref: '#/components/schemas/Tree~1~0' },
    { $ref: '#/components/schemas/Tree~1~02' },
    { $ref: '#/components/schemas/Tree~1~0' },
  ])
  assert.equal(Object.keys(definitions.schemas), ['Tree/~', 'Tree/~2'])
})

const jsonOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

test('a schema accepts of JSON what the decoder accepts', () => {
  const verdicts = { Left: 0, Right: 0 }
  fc.assert(
    // Tuples are stricter in the schema; narrowed dictionaries and codecs of users are wider.
    fc.property(cases(['tuple', 'filter', 'custom']), ({ codec, input }) => {
      const json = jsonOf(input)
      const outcome = compileDecoder(codec)(json)
      verdicts[outcome._tag] += 1
      assert.is(accepts(codec, json), outcome._tag === 'Right', JSON.stringify(toJsonSchema(codec)))
    }),
    { numRuns: 150, includeErrorInReport: true },
  )
  assert.ok(Math.min(verdicts.Left, verdicts.Right) > 10, JSON.stringify(verdicts))
})

test('a schema is never stricter than the decoder, but for the length of tuples', () => {
  fc.assert(
    fc.property(cases(['tuple']), ({ codec, input }) => {
      const json = jsonOf(input)
      if (compileDecoder(codec)(json)._tag === 'Right') assert.ok(accepts(codec, json))
    }),
    { numRuns: 100, includeErrorInReport: true },
  )
})

test.run()
