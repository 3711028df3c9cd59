import { left, right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Codec,
  compileDecoder,
  compileEncoder,
  type InvalidShape,
} from '../../src/protocol/codec.js'
import { NumberFromString, Trimmed, withValidate } from './codec-arbitrary.js'

const test = suite('codec')

const problemsOf = (codec: Codec, input: unknown): InvalidShape => {
  const outcome = compileDecoder(codec)(input)
  if (outcome._tag === 'Right') throw new Error(`accepted ${JSON.stringify(input)}`)
  return outcome.left
}
/** Problems as sentences, which read better than objects. */
const told = (codec: Codec, input: unknown): string[] =>
  problemsOf(codec, input).problems.map((p) => `${p.path}: expected ${p.expected}, got ${p.got}`)

test('a problem names the path, what was expected and what came, never a value', () => {
  const codec = t.type({ a: t.type({ b: t.number }) })
  assert.equal(problemsOf(codec, { a: { b: 'secret' } }), {
    problems: [{ path: '/a/b', expected: 'number', got: 'string' }],
    count: 1,
  })
})

test('got is a type, with null, array and missing told apart', () => {
  const codec = t.type({ a: t.number })
  const got = [null, [], {}, 'x', true].map((a) => problemsOf(codec, { a }).problems[0]?.got)
  assert.equal(got, ['null', 'array', 'object', 'string', 'boolean'])
  assert.equal(told(codec, {}), ['/a: expected number, got missing'])
  assert.equal(told(codec, undefined), [': expected object, got missing'])
  assert.equal(told(codec, []), [': expected object, got array'])
})

test('paths are JSON pointers, and as long as they are useful', () => {
  const codec = t.record(t.string, t.array(t.number))
  assert.equal(told(codec, { 'a/b~c': [1, 'x'] }), ['/a~1b~0c/1: expected number, got string'])
  const [problem] = problemsOf(codec, { ['k'.repeat(1e6)]: 1 }).problems
  assert.is(problem?.path.length, 200)
})

test('what a codec expects is its name, or a word', () => {
  const Point = t.type({ x: t.number }, 'Point')
  const expected = (codec: Codec) => problemsOf(codec, Symbol.iterator).problems[0]?.expected
  assert.is(expected(Point), 'Point')
  assert.is(expected(t.strict({ x: t.number })), 'object')
  assert.is(expected(t.array(t.string)), 'array')
  assert.is(expected(t.union([Point, t.array(t.string), t.null])), 'Point | array | null')
  assert.is(expected(t.keyof({ a: 1, b: 1 })), '"a" | "b"')
  assert.is(expected(t.intersection([Point, t.partial({ y: t.number })])), 'Point')
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, null]))
  assert.is(expected(t.keyof(many))?.length, 120)
})

test('a value that fits keeps its reference, with the keys a codec does not know', () => {
  const input = { a: 1, more: [2] }
  const outcome = compileDecoder(t.type({ a: t.number }))(input)
  assert.is(outcome._tag === 'Right' && outcome.right, input)
})

test('keys beyond a strict codec are problems, at any depth', () => {
  const Ab = t.strict({ a: t.number, b: t.number })
  assert.equal(told(Ab, { a: 1, b: 2, c: 3 }), ['/c: expected no such key, got number'])
  assert.equal(
    told(t.type({ list: t.array(Ab) }), {
      list: [
        { a: 1, b: 2 },
        { a: 1, b: 2, c: 3 },
      ],
    }),
    ['/list/1/c: expected no such key, got number'],
  )
  assert.equal(told(t.exact(t.partial({ a: t.number })), { b: null }), [
    '/b: expected no such key, got null',
  ])
  assert.equal(told(Ab, { a: 1, bb: 2 }), [
    '/b: expected number, got missing',
    '/bb: expected no such key, got number',
  ])
  assert.equal(told(t.strict({}), JSON.parse('{"__proto__": 1}')), [
    '/__proto__: expected no such key, got number',
  ])
})

test('an intersection of strict codecs takes the keys of all; one open member opens it', () => {
  const A = t.strict({ a: t.number })
  const both = t.intersection([A, t.exact(t.partial({ b: t.number }))])
  assert.equal(compileDecoder(both)({ a: 1, b: 2 }), right({ a: 1, b: 2 }))
  assert.equal(told(both, { a: 1, c: 2 }), ['/c: expected no such key, got number'])
  const open = t.intersection([A, t.partial({ b: t.number })])
  assert.equal(compileDecoder(open)({ a: 1, c: 2 }), right({ a: 1, c: 2 }))
  const nested = t.intersection([t.readonly(both), t.strict({ c: t.number })])
  assert.equal(compileDecoder(nested)({ a: 1, c: 2 }), right({ a: 1, c: 2 }))
  assert.equal(told(nested, { a: 1, c: 2, d: 0 }), ['/d: expected no such key, got number'])
})

test('a union of strict codecs takes what any member takes, whole', () => {
  const codec = t.union([t.strict({ a: t.number }), t.strict({ a: t.number, b: t.number })])
  assert.equal(compileDecoder(codec)({ a: 1, b: 2 }), right({ a: 1, b: 2 }))
  assert.equal(told(codec, { a: 1, b: 2, c: 3 }), [': expected object, got object'])
})

test('a union blames the member that was meant', () => {
  const Shape = t.union([
    t.type({ kind: t.literal('circle'), r: t.number }),
    t.type({ kind: t.literal('square'), side: t.number }),
  ])
  assert.equal(told(Shape, { kind: 'square', side: 'x' }), ['/side: expected number, got string'])
  assert.equal(told(Shape, { kind: 'line' }), ['/kind: expected "circle" | "square", got string'])
  assert.equal(told(Shape, {}), ['/kind: expected "circle" | "square", got missing'])
  const nullable = t.union([t.type({ a: t.number, b: t.number }), t.null])
  assert.equal(told(nullable, { a: 'x', b: 'y' }), [
    '/a: expected number, got string',
    '/b: expected number, got string',
  ])
  assert.equal(told(nullable, 'x'), [': expected object | null, got string'])
})

test('an intersection blames a value that is no object once', () => {
  const codec = t.intersection([t.type({ a: t.number }), t.partial({ b: t.number })])
  assert.equal(problemsOf(codec, 'x').count, 1)
  assert.equal(told(codec, { b: 'x' }), [
    '/a: expected number, got missing',
    '/b: expected number, got string',
  ])
})

test('eight problems are told and all are counted', () => {
  const { problems, count } = problemsOf(t.array(t.number), Array(100).fill('x'))
  assert.is(problems.length, 8)
  assert.is(problems[7]?.path, '/7')
  assert.is(count, 100)
})

test('a flood of bad elements is read once for each codec that may be meant', () => {
  const Segment = t.type({ start: t.number, end: t.number, text: t.string })
  let reads = 0
  const bad = {
    get start() {
      reads += 1
      return 'x'
    },
  }
  for (const codec of [t.array(Segment), t.array(t.union([Segment, t.string]))]) {
    reads = 0
    assert.ok(problemsOf(codec, Array(100_000).fill(bad)).count >= 5000)
    assert.ok(reads <= 100_000, `${reads} reads`)
  }
})

test('a flood is not counted to its end', () => {
  const flood = Array(1_000_000).fill('x')
  assert.is(problemsOf(t.array(t.number), flood).count, 5000)
  assert.is(problemsOf(t.array(t.array(t.number)), [flood, flood]).count, 5000)
  assert.is(problemsOf(t.record(t.string, t.number), { ...flood }).count, 5000)
  assert.is(problemsOf(t.strict({}), { ...flood }).count, 5000)
})

test('what nests too deep for the stack is a problem, not a crash', () => {
  type Nest = { n?: Nest }
  const Nest: t.Type<Nest> = t.recursion('Nest', (self) => t.partial({ n: self }))
  const deep = JSON.parse(`${'{"n":'.repeat(50_000)}{}${'}'.repeat(50_000)}`)
  const tooDeep = { path: '', expected: 'a value that nests less', got: 'too deep' }
  assert.equal(problemsOf(Nest, deep), { problems: [tooDeep], count: 1 })
  assert.equal(compileEncoder(Nest)(deep), left({ problems: [tooDeep], count: 1 }))
  const allowed = JSON.parse(`${'{"n":'.repeat(1000)}{"n":0}${'}'.repeat(1000)}`)
  assert.is(problemsOf(Nest, allowed).problems[0]?.got, 'number')
})

test('a recursion is strict where its definition is', () => {
  type Tree = { kids: Tree[] }
  const Tree: t.Type<Tree> = t.recursion('Tree', (self) => t.strict({ kids: t.array(self) }))
  assert.equal(told(Tree, { kids: [{ kids: [], x: 1 }] }), [
    '/kids/0/x: expected no such key, got number',
  ])
})

test('a recursion stands closed alone, and open in an intersection', () => {
  type Tree = { kids: Tree[] }
  const Tree: t.Type<Tree> = t.recursion('Tree', (self) => t.strict({ kids: t.array(self) }))
  const codec = t.type({ one: Tree, two: t.intersection([Tree, t.strict({ age: t.number })]) })
  const fits = { one: { kids: [] }, two: { kids: [{ kids: [] }], age: 3 } }
  assert.equal(compileDecoder(codec)(fits), right(fits))
  assert.equal(told(codec, { one: fits.two, two: { kids: [fits.two], age: 3 } }), [
    '/one/age: expected no such key, got number',
    '/two/kids/0/age: expected no such key, got number',
  ])
})

test('a dictionary of any takes arrays, as io-ts does', () => {
  assert.equal(compileDecoder(t.record(t.string, t.any))([1]), right([1]))
  assert.is(compileDecoder(t.record(t.string, t.unknown))([1])._tag, 'Left')
})

test('a tagged union whose tags do not tell is tried in order', () => {
  const { warn } = console
  console.warn = () => {}
  const [A, B] = [t.type({ k: t.literal('a') }), t.type({ k: t.string, x: t.number })]
  const codec = t.taggedUnion('k', [A, B as unknown as typeof A])
  console.warn = warn
  assert.is(compileDecoder(codec)({ k: 'b', x: 1 })._tag, 'Right')
})

test('codecs of users go their own way, wherever they stand', () => {
  const codec = t.strict({ n: t.array(NumberFromString), s: Trimmed })
  assert.equal(compileDecoder(codec)({ n: ['1', '2'], s: ' x ' }), right({ n: [1, 2], s: 'x' }))
  assert.equal(told(codec, { n: ['1', 2], s: 3 }), [
    '/n/1: expected NumberFromString, got number',
    '/s: expected string, got number',
  ])
  const Six = t.refinement(NumberFromString, (n) => n === 6, 'Six')
  assert.equal(compileDecoder(Six)('6'), right(6))
  assert.equal(told(Six, '4'), [': expected Six, got string'])
})

test('a copy of a codec with another validate is not taken for the original', () => {
  const Fallback = withValidate(t.number, (input) => t.success(t.number.is(input) ? input : -1))
  assert.equal(compileDecoder(t.type({ a: Fallback }))({ a: 'x' }), right({ a: -1 }))
})

test('errors of a foreign codec keep paths and lose messages', () => {
  const inner = t.type({ a: t.union([t.number, t.null]), b: t.intersection([t.string, t.string]) })
  const Foreign = new t.Type<unknown>('Foreign', inner.is, inner.validate, t.identity)
  assert.equal(told(t.array(Foreign), [{ a: 'x', b: 1 }, {}]), [
    '/0/a: expected number | null, got string',
    '/0/b: expected string, got number',
    '/1/a: expected number | null, got missing',
    '/1/b: expected string, got missing',
  ])
  const Chatty = new t.Type<string>(
    'Chatty',
    t.string.is,
    (input, context) => t.failure(input, context, `bad: ${input}`),
    t.identity,
  )
  assert.equal(told(Chatty, 'secret'), [': expected Chatty, got string'])
  const Numbers = new t.Type('Numbers', t.UnknownArray.is, t.array(t.number).validate, t.identity)
  assert.is(problemsOf(Numbers, Array(1000).fill('x')).count, 1000)
  const Filled = new t.Type<unknown>(
    'Filled',
    inner.is,
    (_, context) => t.type({ a: t.number }).validate({ a: 'x' }, context),
    t.identity,
  )
  assert.equal(told(t.type({ f: Filled }), {}), ['/f/a: expected number, got string'])
  const Silent = new t.Type<string>('Silent', t.string.is, () => t.failures([]), t.identity)
  assert.equal(told(Silent, 1), [': expected Silent, got number'])
})

test('a codec that throws is a problem of its value', () => {
  const Throwing = t.refinement(t.string, (): boolean => JSON.parse('secret'), 'Throwing')
  assert.equal(told(Throwing, 'x'), [
    ': expected Throwing, got a value on which the codec threw SyntaxError',
  ])
  assert.is(compileEncoder(Throwing)('x')._tag, 'Left')
})

test('a __proto__ that a peer sends becomes no prototype', () => {
  const codecs = [
    t.type({ n: NumberFromString }),
    t.intersection([t.type({ n: NumberFromString }), t.partial({ m: t.string })]),
    t.record(t.string, t.union([NumberFromString, t.UnknownRecord])),
  ]
  for (const codec of codecs) {
    const outcome = compileDecoder(codec as Codec)(
      JSON.parse('{"n": "1", "__proto__": {"admin": true}}'),
    )
    assert.is(outcome._tag, 'Right')
    const value = outcome._tag === 'Right' ? outcome.right : {}
    assert.is(value.n, 1)
    assert.is(value.admin, undefined)
  }
})

test('unknown lets everything through', () => {
  for (const value of [undefined, null, 1, { a: 1 }]) {
    assert.equal(compileDecoder(t.unknown)(value), right(value))
    assert.equal(compileEncoder(t.any)(value), right(value))
  }
})

test('a result that fits is encoded, and stripped of what a strict codec does not know', () => {
  const At = new t.Type<Date, string, unknown>(
    'At',
    (value): value is Date => value instanceof Date,
    (input, context) =>
      t.string.is(input) ? t.success(new Date(input)) : t.failure(input, context),
    (date) => date.toISOString(),
  )
  const encode = compileEncoder(t.strict({ at: At, list: t.array(t.strict({ a: t.number })) }))
  assert.equal(
    encode({ at: new Date(0), list: [{ a: 1, b: 2 }], more: 1 }),
    right({ at: '1970-01-01T00:00:00.000Z', list: [{ a: 1 }] }),
  )
  const asDecoded = encode({ at: '1970-01-01', list: [] })
  assert.equal(
    asDecoded,
    left({ problems: [{ path: '/at', expected: 'At', got: 'string' }], count: 1 }),
  )
})

test('keys that a result has too many are no problem of a result that fails', () => {
  const [A, B] = [t.strict({ a: t.number }), t.strict({ b: t.number })]
  for (const codec of [A, t.intersection([A, B])] as Codec[]) {
    assert.equal(
      compileEncoder(codec)({ a: 'x', b: 1, c: 1 }),
      left({ problems: [{ path: '/a', expected: 'number', got: 'string' }], count: 1 }),
    )
  }
})

test('a result may leave out what may be undefined, and void is undefined', () => {
  assert.equal(compileEncoder(t.void)(undefined), right(undefined))
  const codec = t.type({ a: t.union([t.string, t.undefined]) })
  assert.equal(compileEncoder(codec)({}), right({}))
  assert.is(compileEncoder(codec)({ a: 1 })._tag, 'Left')
  assert.is(compileEncoder(t.number)(undefined)._tag, 'Left')
})

test('a result with more components than its tuple is refused, as is() does', () => {
  const codec = t.tuple([t.number, t.number])
  assert.equal(compileEncoder(codec)([1, 2, 3]), {
    ...left({ problems: [{ path: '', expected: 'array of 2', got: 'array' }], count: 1 }),
  })
  assert.equal(compileDecoder(codec)([1, 2, 3]), right([1, 2]))
})

test.run()
