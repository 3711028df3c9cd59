/** An engine's methods for people. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { describeText } from '../../src/cli/describe-text.js'
import { shapeText } from '../../src/cli/shape-text.js'
import { plain } from '../../src/cli/style.js'
import { openRpc } from '../../src/engine/open-rpc.js'
import { newDefinitions, toJsonSchema } from '../../src/protocol/json-schema.js'

const test = suite('describe')
const shape = (codec: t.Mixed): string => shapeText(toJsonSchema(codec, newDefinitions()))

test('writes shapes as TypeScript does', () => {
  assert.is(shape(t.type({ a: t.string, b: t.array(t.number) })), '{ a: string, b: number[] }')
  assert.is(
    shape(t.intersection([t.type({ a: t.string }), t.partial({ b: t.boolean })])),
    '{ a: string, b?: boolean }',
  )
  assert.is(shape(t.union([t.string, t.null])), 'string | null')
  assert.is(shape(t.array(t.union([t.string, t.number]))), '(string | number)[]')
  assert.is(shape(t.array(t.type({ a: t.union([t.string, t.null]) }))), '{ a: string | null }[]')
  assert.is(
    shape(t.array(t.union([t.type({ a: t.string }), t.type({ b: t.string })]))),
    '({ a: string } | { b: string })[]',
  )
  assert.is(shape(t.keyof({ high: null, low: null })), '"high" | "low"')
  assert.is(shape(t.literal('x')), '"x"')
  assert.is(shape(t.record(t.string, t.number)), '{ [key]: number }')
  assert.is(shape(t.tuple([t.string, t.number])), '[string, number]')
  assert.is(shape(t.unknown), 'any')
  assert.is(shape(t.refinement(t.number, (n) => n > 0, 'positive')), 'positive')
})

const document = openRpc({
  name: 'asr',
  version: '2.0.0',
  description: 'Hears.',
  methods: [
    {
      name: 'hear',
      description: 'Turns speech into text.',
      params: t.intersection([t.type({ path: t.string }), t.partial({ lang: t.string })]),
      result: t.string,
      progress: t.number,
      errors: [{ code: -32010, message: 'No model', data: { kind: 'ModelNotFound' } }],
    },
    { name: 'note', params: t.unknown, notification: true },
    { name: 'health.check', params: t.UnknownRecord },
  ],
})

test('tells what each method takes and gives', () => {
  assert.is(
    describeText(document, undefined, plain),
    [
      'asr 2.0.0',
      'Hears.',
      '',
      'hear',
      '  Turns speech into text.',
      '  params    path   string',
      '            lang?  string',
      '  progress  number',
      '  result    string',
      '  errors    ModelNotFound (-32010)',
      '',
      'note (notification)',
      '  params    any',
      '',
      'As in every engine: health.check',
    ].join('\n'),
  )
})

test('tells of one method only', () => {
  assert.match(describeText(document, 'hear', plain), /^hear\n.*-32010\)$/s)
})

test.run()
