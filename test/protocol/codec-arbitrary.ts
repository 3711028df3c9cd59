/** Codecs of every shape, each with inputs that often fit it, for the differential tests. */
import fc from 'fast-check'
import { either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** A codec and what to feed it. */
export interface Sample {
  readonly codec: t.Any
  readonly inputs: fc.Arbitrary<unknown>
}

/** Parts a test can leave out, where the two sides differ on purpose. */
export type Part = 'exact' | 'union' | 'tuple' | 'domain' | 'filter' | 'custom' | 'overlap'

/** A transforming codec as users write them. */
export const NumberFromString = new t.Type<number, string, unknown>(
  'NumberFromString',
  t.number.is,
  (input, context) =>
    either.chain(t.string.validate(input, context), (text) =>
      /^\d+$/.test(text) ? t.success(Number(text)) : t.failure(input, context),
    ),
  String,
)

/** A copy, tag included, with another meaning: what io-ts-types' `withValidate` and `withFallback` return. */
export const withValidate = <C extends t.Any>(codec: C, validate: C['validate']): C => {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(codec)), codec)
  copy.validate = validate
  copy.decode = (input: unknown) => validate(input, [{ key: '', type: copy, actual: input }])
  return copy
}

export const Trimmed = withValidate(t.string, (input, context) =>
  either.map(t.string.validate(input, context), (text) => text.trim()),
)
export const Defaulted = withValidate(t.number, (input, context) =>
  input === undefined ? t.success(7) : t.number.validate(input, context),
)

const noise = fc.constantFrom<unknown>(
  ...[null, true, 0, 1.5, 'a', ' b ', '12', [], {}, [1], [null, 'a'], undefined],
  ...[{ a: 1 }, { a: 'x', b: 2 }, { c: null }, { kind: 'x' }, { kind: 'y', a: 1 }],
)
const mostly = (fitting: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 19, arbitrary: fitting }, { weight: 1, arbitrary: noise })

const leaf = (codec: t.Any, ...values: unknown[]): fc.Arbitrary<Sample> =>
  fc.constant({ codec, inputs: mostly(fc.constantFrom(...values)) })

const key = fc.constantFrom('a', 'b', 'c', 'd/e~f')

/** Objects with the fields of the samples, at times without one of them, at times with one more. */
const objects = (props: Record<string, Sample>): fc.Arbitrary<unknown> => {
  const fields = Object.fromEntries(Object.entries(props).map(([name, s]) => [name, s.inputs]))
  const dropped = fc.option(key, { freq: 4 })
  const added = fc.option(fc.tuple(fc.constantFrom('a', 'c', 'extra'), noise), { freq: 4 })
  const parts = fc.tuple(fc.record(fields), dropped, added)
  return mostly(
    parts.map(([object, drop, add]) => {
      const entries = Object.entries(object).filter(([name]) => name !== drop)
      return Object.fromEntries(add === null ? entries : [...entries, add])
    }),
  )
}

const codecsOf = (props: Record<string, Sample>): Record<string, t.Any> =>
  Object.fromEntries(Object.entries(props).map(([name, { codec }]) => [name, codec]))

const typeOf = (props: Record<string, Sample>): Sample => ({
  codec: t.type(codecsOf(props)),
  inputs: objects(props),
})
const partialOf = (props: Record<string, Sample>): Sample => ({
  codec: t.partial(codecsOf(props)),
  inputs: objects(props),
})
const exactOf = ({ codec, inputs }: Sample): Sample => ({
  codec: t.exact(codec as t.HasProps),
  inputs,
})

/** Other keys than those of the first member of an intersection. */
const renamed = (props: Record<string, Sample>): Record<string, Sample> =>
  Object.fromEntries(Object.entries(props).map(([name, sample]) => [name.toUpperCase(), sample]))

/** Fits the first, the second, or both, if both are objects. */
const either2 = (one: fc.Arbitrary<unknown>, two: fc.Arbitrary<unknown>) =>
  fc.oneof(
    one,
    two,
    fc.tuple(one, two).map(([a, b]) => {
      const isObjects = [a, b].every((x) => typeof x === 'object' && !Array.isArray(x))
      return isObjects ? Object.assign({}, a, b) : a
    }),
  )

interface Tree {
  a: number
  c?: Tree[]
}
const Tree: t.Type<Tree> = t.recursion('Tree', (self) =>
  t.intersection([t.type({ a: t.number }), t.partial({ c: t.array(self) })]),
)
const trees = (depth: number): fc.Arbitrary<unknown> =>
  mostly(
    fc.record({
      a: mostly(fc.integer()),
      c: depth === 0 ? fc.constant([]) : fc.array(trees(depth - 1), { maxLength: 2 }),
    }),
  )

export const samples = (without: readonly Part[] = []): fc.Arbitrary<Sample> => {
  const on = (part: Part, ...arbitraries: fc.Arbitrary<Sample>[]) =>
    without.includes(part) ? [] : arbitraries
  const { sample } = fc.letrec<{ sample: Sample; fields: Record<string, Sample>; shape: Sample }>(
    (tie) => {
      const inner = tie('sample')
      const shape = tie('shape')
      const type = tie('fields').map(typeOf)
      const partial = tie('fields').map(partialOf)
      const exact = fc.oneof(type, partial).map(exactOf)
      const others = without.includes('overlap') ? tie('fields').map(renamed) : tie('fields')
      const open = fc.oneof(others.map(typeOf), others.map(partialOf))
      const other = fc.oneof(open, ...on('exact', open.map(exactOf)))
      const intersection = fc.tuple(shape, other).map(([one, two]) => ({
        codec: t.intersection([one.codec, two.codec]),
        inputs: either2(one.inputs, two.inputs),
      }))
      const union = fc.tuple(inner, inner).map(([one, two]) => ({
        codec: t.union([one.codec, two.codec]),
        inputs: either2(one.inputs, two.inputs),
      }))
      const tagged = fc.tuple(tie('fields'), tie('fields')).map(([one, two]) => {
        const x = { kind: t.literal('x'), ...codecsOf(one) }
        const y = { kind: t.literal('y'), ...codecsOf(two) }
        const kind = (tag: string): Sample => ({ codec: t.unknown, inputs: fc.constant(tag) })
        return {
          codec: t.union([t.type(x), t.type(y)]),
          inputs: fc.oneof(
            objects({ kind: kind('x'), ...one }),
            objects({ kind: kind('y'), ...two }),
          ),
        }
      })
      const exactIntersection = fc.tuple(tie('fields'), others).map(([one, two]) => ({
        codec: t.intersection([t.strict(codecsOf(one)), t.exact(t.partial(codecsOf(two)))]),
        inputs: objects({ ...two, ...one }),
      }))
      const pair = fc.tuple(inner, inner).map(([one, two]) => ({
        codec: t.tuple([one.codec, two.codec]),
        inputs: mostly(fc.oneof(fc.tuple(one.inputs, two.inputs), fc.array(one.inputs))),
      }))
      const array = inner.map(({ codec, inputs }) => ({
        codec: t.array(codec),
        inputs: mostly(fc.array(inputs, { maxLength: 3 })),
      }))
      const record = inner.map(({ codec, inputs }) => ({
        codec: t.record(t.string, codec),
        inputs: mostly(fc.dictionary(key, inputs, { maxKeys: 3 })),
      }))
      const listed = inner.map((s) => ({
        codec: t.record(t.keyof({ a: null, b: null }), s.codec),
        inputs: objects({ a: s, b: s }),
      }))
      const filtered = inner.map((s) => ({
        codec: t.record(
          t.refinement(t.string, (name) => name < 'c'),
          s.codec,
        ),
        inputs: objects({ a: s, b: s, c: s }),
      }))
      const readonly = inner.map(({ codec, inputs }) => ({ codec: t.readonly(codec), inputs }))
      const leaves = fc.oneof(
        ...[leaf(t.string, 'a', ''), leaf(t.number, 0, 1.5), leaf(t.boolean, true)],
        ...[leaf(t.null, null), leaf(t.unknown, null, 'x'), leaf(t.Int, 3, 3.5, -1)],
        ...[leaf(t.literal('x'), 'x'), leaf(t.keyof({ a: 1, b: 1 }), 'a', 'b', 'toString')],
        ...[leaf(t.UnknownRecord, {}, { a: 1 }), leaf(t.UnknownArray, [], [1])],
        fc.constant({ codec: Tree, inputs: trees(3) }),
        ...on('union', leaf(t.union([t.string, t.undefined]), 'a', undefined)),
        ...on('union', leaf(t.union([t.null, t.literal(4)]), null, 4)),
        ...on('custom', leaf(NumberFromString, '12', 'x'), leaf(Trimmed, ' a ', 'b')),
        ...on('custom', leaf(Defaulted, 1, undefined)),
        ...on(
          'custom',
          leaf(
            t.refinement(NumberFromString, (n) => n > 5, 'Above5'),
            '3',
            '12',
          ),
        ),
        ...on('custom', leaf(t.undefined, undefined), leaf(t.void, undefined)),
      )
      return {
        fields: fc.dictionary(key, inner, { maxKeys: 3 }),
        shape: fc.oneof(type, partial, ...on('exact', exact)),
        sample: fc.oneof(
          { maxDepth: 3, withCrossShrink: true },
          leaves,
          ...[type, partial, intersection, array, record, readonly],
          ...on('exact', exact, exactIntersection),
          ...on('union', union, tagged),
          ...on('tuple', pair),
          ...on('domain', listed),
          ...on('filter', filtered),
        ),
      }
    },
  )
  return sample
}

/** A codec and one input for it; printed short, as the name says all of a codec. */
export const cases = (without: readonly Part[] = []) =>
  samples(without).chain(({ codec, inputs }) =>
    inputs.map((input) => ({
      codec,
      input,
      [fc.toStringMethod]: () => `${codec.name} ◀ ${JSON.stringify(input)}`,
    })),
  )
