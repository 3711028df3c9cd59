import * as jsonSchemaPackage from '@json-schema-tools/meta-schema'
import * as openRpcPackage from '@open-rpc/meta-schema'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type MethodFacts, type OpenRpcDocument, openRpc } from '../../src/engine/open-rpc.js'
import { withSchema } from '../../src/protocol/json-schema.js'
import { samples } from '../protocol/codec-arbitrary.js'

const test = suite('open-rpc')

// Their type declarations leave out what the packages export.
const { jsonSchema } = jsonSchemaPackage as unknown as { jsonSchema: object }
const { openrpcDocument } = openRpcPackage as unknown as { openrpcDocument: object }

/** The official meta-schema. One pointer in it leads into the other schema's properties, which ajv does not follow. */
const metaSchema = new Ajv({ strict: false, validateFormats: false, validateSchema: false })
  .addSchema(jsonSchema, 'https://meta.json-schema.tools')
  .compile(
    JSON.parse(
      JSON.stringify(openrpcDocument).replace(
        /\{"\$ref":"[^"]*properties\/\$ref"\}/,
        '{"type":"string"}',
      ),
    ),
  )

const assertValid = (document: OpenRpcDocument): void => {
  const printed = JSON.parse(JSON.stringify(document))
  assert.ok(metaSchema(printed), JSON.stringify(metaSchema.errors?.slice(0, 3)))
  assert.equal(printed, document, 'nothing in it is lost in JSON')
  for (const [, name] of JSON.stringify(document).matchAll(
    /"\$ref":"#\/components\/schemas\/(.*?)"/g,
  )) {
    const key = decodeURIComponent(String(name)).replaceAll('~1', '/').replaceAll('~0', '~')
    assert.ok(Object.hasOwn(document.components?.schemas ?? {}, key), `${name} is defined`)
  }
}

const describe = (...methods: MethodFacts[]) => {
  const document = openRpc({ name: 'demo', version: '1.0.0', methods })
  assertValid(document)
  return document
}
const describeOne = (facts: Omit<MethodFacts, 'name'>) => {
  const [method] = describe({ name: 'm', ...facts }).methods
  if (method === undefined) throw new Error('no method')
  return method
}

test('the meta-schema refuses what is no OpenRPC', () => {
  assert.not.ok(metaSchema({ openrpc: '1.3.2', info: { title: 'x' }, methods: [] }))
  const method = { name: 'm', params: [{ name: '', schema: {} }] }
  assert.not.ok(
    metaSchema({ openrpc: '1.3.2', info: { title: 'x', version: '1' }, methods: [method] }),
  )
})

test('the meta-schema refuses what is no JSON Schema', () => {
  const method = { name: 'm', params: [{ name: 'a', schema: { type: 'nonsense' } }] }
  assert.not.ok(
    metaSchema({ openrpc: '1.3.2', info: { title: 'x', version: '1' }, methods: [method] }),
  )
})

test('an engine and a method in full', () => {
  const Segment = t.type({ text: t.string }, 'Segment')
  const segment = {
    title: 'Segment',
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
  }
  const document = openRpc({
    name: 'speech',
    version: '2.0.0',
    description: 'Speech to text.',
    methods: [
      {
        name: 'speech.transcribe',
        description: 'Transcribes a file.',
        params: t.intersection([t.type({ path: t.string }), t.partial({ words: t.boolean })]),
        result: t.array(Segment),
        progress: t.number,
        partial: Segment,
        errors: [{ code: -32012, message: 'Audio not found', data: { kind: 'AudioNotFound' } }],
        deprecated: true,
      },
    ],
  })
  assertValid(document)
  assert.equal(document, {
    openrpc: '1.3.2',
    info: { title: 'speech', version: '2.0.0', description: 'Speech to text.' },
    methods: [
      {
        name: 'speech.transcribe',
        description: 'Transcribes a file.',
        deprecated: true,
        paramStructure: 'by-name',
        params: [
          { name: 'path', required: true, schema: { type: 'string' } },
          { name: 'words', required: false, schema: { type: 'boolean' } },
        ],
        result: { name: 'result', required: true, schema: { type: 'array', items: segment } },
        errors: [{ code: -32012, message: 'Audio not found', data: { kind: 'AudioNotFound' } }],
        'x-direction': 'to-engine',
        'x-stream': { progress: { type: 'number' }, partial: segment },
      },
    ],
  })
})

test('a declared error may have no data', () => {
  const errors = [{ code: -32000, message: 'Broken' }]
  assert.equal(describeOne({ errors }).errors, errors)
})

test('params of a tuple go by position', () => {
  const params = t.tuple([t.number, t.union([t.string, t.undefined])])
  const method = describeOne({ params })
  assert.is(method.paramStructure, 'by-position')
  assert.equal(method.params, [
    { name: 'arg0', required: true, schema: { type: 'number' } },
    { name: 'arg1', required: false, schema: { type: 'string' } },
  ])
})

test('no params, or any, go either way', () => {
  for (const facts of [{}, { params: t.unknown }, { params: t.undefined }, { params: t.void }]) {
    const { paramStructure, params } = describeOne(facts)
    assert.equal([paramStructure, params], ['either', []])
  }
})

test('params that are no list are told as a whole', () => {
  const dictionary = describeOne({ params: t.record(t.string, t.number) })
  assert.is(dictionary.paramStructure, 'by-name')
  assert.equal(dictionary['x-params'], { type: 'object', additionalProperties: { type: 'number' } })
  const list = describeOne({ params: t.array(t.number) })
  assert.is(list.paramStructure, 'by-position')
  const union = describeOne({ params: t.union([t.type({ a: t.null }), t.tuple([t.null])]) })
  assert.is(union.paramStructure, 'either')
  assert.ok(union['x-params'])
})

test('a strict codec is told, a description moves up', () => {
  const path = withSchema(t.string, { type: 'string', description: 'An audio file.' })
  const method = describeOne({ params: t.strict({ path }) })
  assert.is(method['x-strict'], true)
  assert.is(method.params[0]?.description, 'An audio file.')
  assert.not.ok('x-strict' in describeOne({ params: t.type({ path }) }))
})

test('a notification has no result, a request always has one', () => {
  const notice = describeOne({ notification: true, direction: 'to-host' })
  assert.not.ok('result' in notice)
  assert.is(notice['x-notification'], true)
  assert.is(notice['x-direction'], 'to-host')
  assert.equal(describeOne({}).result, { name: 'result', required: true, schema: {} })
})

test('a result that may be undefined is null on the wire', () => {
  const schemaOf = (result: t.Any) => describeOne({ result }).result?.schema
  assert.equal(schemaOf(t.void), { type: 'null' })
  assert.equal(schemaOf(t.union([t.string, t.undefined])), {
    anyOf: [{ type: 'string' }, { type: 'null' }],
  })
  assert.equal(schemaOf(t.unknown), {})
})

test('recursive codecs are components, and give their fields as params', () => {
  interface Tree {
    kids: Tree[]
  }
  const Tree: t.Type<Tree> = t.recursion('Tree', (self) => t.strict({ kids: t.array(self) }))
  const kids = { type: 'array', items: { $ref: '#/components/schemas/Tree' } }
  const document = describe({ name: 'a', params: Tree, result: Tree }, { name: 'b', partial: Tree })
  assert.equal(Object.keys(document.components?.schemas ?? {}), ['Tree'])
  assert.equal(document.methods[0]?.params, [{ name: 'kids', required: true, schema: kids }])
  assert.equal(document.methods[1]?.['x-stream'], {
    partial: { $ref: '#/components/schemas/Tree' },
  })
})

test('the built-in methods, as DESIGN has them', () => {
  const state = t.keyof({ starting: 1, ready: 1, degraded: 1, draining: 1, stopped: 1, failed: 1 })
  const check = t.type({ status: t.keyof({ ok: 1, degraded: 1, failing: 1 }) })
  const Snapshot = t.intersection([check, t.type({ state, checks: t.record(t.string, check) })])
  const level = t.keyof({ trace: 1, debug: 1, info: 1, warn: 1, error: 1, fatal: 1 })
  const topics = t.partial({
    state: t.boolean,
    health: t.type({ everyMs: t.number }),
    log: t.type({ level }),
  })
  const notice = { notification: true, direction: 'to-host' } as const
  const document = describe(
    { name: 'engine.describe', result: t.UnknownRecord },
    { name: 'engine.status', result: t.type({ state, inFlight: t.Int }) },
    {
      name: 'engine.shutdown',
      params: t.union([t.partial({ graceMs: t.number }), t.undefined]),
      result: t.type({ draining: t.literal(true), open: t.Int }),
    },
    { name: 'engine.subscribe', params: t.exact(topics), result: t.void },
    { name: 'engine.unsubscribe', params: t.exact(topics), result: t.void },
    { name: 'health.check', result: Snapshot },
    { name: 'rpc.discover', result: t.UnknownRecord },
    { name: 'log.setLevel', params: t.strict({ level }), result: t.null },
    { name: '$/cancelRequest', params: t.type({ id: t.unknown }), notification: true },
    { name: 'engine.stateChanged', params: t.type({ from: state, to: state }), ...notice },
    { name: 'health.tick', params: Snapshot, ...notice },
    { name: 'log.message', params: t.UnknownRecord, ...notice },
  )
  assert.is(document.methods.length, 12)
  assert.equal(
    document.methods[2]?.params.map((param) => [param.name, param.required]),
    [['graceMs', false]],
  )
})

test('documents of codecs of any shape are valid', () => {
  fc.assert(
    fc.property(
      samples().map((sample) => ({ ...sample, [fc.toStringMethod]: () => sample.codec.name })),
      ({ codec }) => {
        describe({ name: 'm', params: codec, result: codec, progress: codec })
      },
    ),
    { numRuns: 100, includeErrorInReport: true },
  )
})

test.run()
