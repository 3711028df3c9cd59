import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SamplerName, type Sampling, samplerNames } from '../../src/ports/telemetry.js'
import { isRpcError } from '../../src/protocol/rpc-error.js'
import { type LiveSampler, liveSampler, samplingOf } from '../../telemetry/sampler.js'

const test = suite('sampler')

const lowId = '00000000000000000000000000000001' // kept by any ratio above 0
const parent = (traceFlags: 0 | 1, isRemote = true): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: lowId,
    spanId: '00000000000000aa',
    traceFlags,
    isRemote,
  })
const keeps = (sampler: LiveSampler, context: Context): boolean =>
  sampler.shouldSample(context, lowId, 'add', SpanKind.SERVER, {}, []).decision === 2

const of = (sampler: SamplerName, ignores = false): LiveSampler =>
  liveSampler(sampler.endsWith('ratio') ? { sampler, ratio: 0.5 } : { sampler }, ignores)

test('each sampler decides by its name, of traces with a parent and without', () => {
  const decisions = samplerNames.map((name) => {
    const sampler = of(name)
    return [
      name,
      keeps(sampler, ROOT_CONTEXT),
      keeps(sampler, parent(1)),
      keeps(sampler, parent(0)),
    ]
  })
  assert.equal(decisions, [
    ['always_on', true, true, true],
    ['always_off', false, false, false],
    ['traceidratio', true, true, true],
    ['parentbased_always_on', true, true, false],
    ['parentbased_always_off', false, true, false],
    ['parentbased_traceidratio', true, true, false],
  ])
})

test('a remote caller that does not keep its trace may be overruled, a local parent never', () => {
  assert.ok(keeps(of('parentbased_always_on', true), parent(0)))
  assert.not(keeps(of('parentbased_always_on', true), parent(0, false)))
  assert.not(keeps(of('parentbased_always_off', true), parent(0)))
})

test('it is known beforehand which samplers drop what an unsampled caller asks for, and they do', () => {
  for (const ignores of [false, true]) {
    for (const name of samplerNames) {
      const sampler = of(name, ignores)
      assert.is(sampler.dropsUnsampledParents, !keeps(sampler, parent(0)), `${name} ${ignores}`)
    }
  }
  assert.ok(liveSampler({ sampler: 'traceidratio', ratio: 0 }, false).dropsUnsampledParents)
})

test('another sampler takes over at once', () => {
  const sampler = of('always_off')
  assert.equal(sampler.set({ sampler: 'parentbased_traceidratio', ratio: 1 }), sampler.current)
  assert.equal(sampler.current, { sampler: 'parentbased_traceidratio', ratio: 1 })
  assert.ok(keeps(sampler, ROOT_CONTEXT))
})

const wrong: readonly [string, unknown, string][] = [
  ['an unknown name', { sampler: 'xray' }, '/sampler'],
  ['a ratio above 1', { sampler: 'traceidratio', ratio: 1.5 }, '/ratio'],
  ['a ratio that is no number', { sampler: 'traceidratio', ratio: Number.NaN }, '/ratio'],
  ['no ratio where one is needed', { sampler: 'parentbased_traceidratio' }, '/ratio'],
  ['a ratio where none is', { sampler: 'always_on', ratio: 0.5 }, '/ratio'],
]
for (const [name, sampling, path] of wrong) {
  test(`${name} is refused, and nothing changes`, () => {
    const sampler = of('always_on')
    try {
      sampler.set(sampling as Sampling)
    } catch (error) {
      assert.ok(isRpcError(error))
      assert.is(error.kind, 'InvalidParams')
      assert.is((error.facts['problems'] as { path: string }[])[0]?.path, path)
      assert.equal(sampler.current, { sampler: 'always_on' })
      return
    }
    assert.unreachable()
  })
}

const variables: readonly [string | undefined, string | undefined, Sampling, number][] = [
  [undefined, undefined, { sampler: 'parentbased_always_on' }, 0],
  [undefined, '0.5', { sampler: 'parentbased_always_on' }, 0],
  ['always_off', 'whatever', { sampler: 'always_off' }, 0],
  ['traceidratio', '0.25', { sampler: 'traceidratio', ratio: 0.25 }, 0],
  ['traceidratio', undefined, { sampler: 'traceidratio', ratio: 1 }, 0],
  ['parentbased_traceidratio', '2', { sampler: 'parentbased_traceidratio', ratio: 1 }, 1],
  ['parentbased_traceidratio', 'half', { sampler: 'parentbased_traceidratio', ratio: 1 }, 1],
  ['jaeger_remote', '0.5', { sampler: 'parentbased_always_on' }, 1],
]
for (const [name, arg, sampling, warnings] of variables) {
  test(`OTEL_TRACES_SAMPLER ${name} with ${arg} is understood, or told of once`, () => {
    const told: string[] = []
    const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg }
    assert.equal(
      samplingOf(env, (problem) => told.push(problem)),
      sampling,
    )
    assert.is(told.length, warnings)
  })
}

test.run()
