/** Which traces are kept, as it may be changed while the process runs. */
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { type SamplerName, type Sampling, samplerNames } from '../src/ports/telemetry.js'
import { invalidParams } from '../src/protocol/rpc-error.js'
import { type Environment, variable } from './asked.js'

export interface LiveSampler extends Sampler {
  readonly current: Sampling
  /** A call whose caller does not keep its trace is not recorded either: there is no need to ask about each. */
  readonly dropsUnsampledParents: boolean
  /** @throws RpcError InvalidParams */
  set(sampling: Sampling): Sampling
}

/** @param ignoresUnsampledParents - the trace of a remote caller that does not keep it is decided about as if it began here */
export const liveSampler = (initial: Sampling, ignoresUnsampledParents: boolean): LiveSampler => {
  let current = initial
  let inner = samplerOf(initial, ignoresUnsampledParents)
  const drops = (): boolean => {
    const isOff = current.sampler.endsWith('always_off') || current.ratio === 0
    return isParentBased(current) ? !ignoresUnsampledParents || isOff : isOff
  }
  let dropsUnsampledParents = drops() // asked for every call
  return {
    get current() {
      return current
    },
    get dropsUnsampledParents() {
      return dropsUnsampledParents
    },
    set(sampling) {
      current = checked(sampling)
      inner = samplerOf(current, ignoresUnsampledParents)
      dropsUnsampledParents = drops()
      return current
    },
    shouldSample: (...span) => inner.shouldSample(...span),
    toString: () => `Live{${inner}}`,
  }
}

/** As `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` ask for it. */
export const samplingOf = (env: Environment, warn: (problem: string) => void): Sampling => {
  const sampler = variable(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'
  if (!isSamplerName(sampler)) {
    warn(
      `OTEL_TRACES_SAMPLER is ${sampler}, which is none of ${samplerNames.join(', ')}; parentbased_always_on is used`,
    )
    return { sampler: 'parentbased_always_on' }
  }
  if (!hasRatio(sampler)) return { sampler }
  const text = variable(env, 'OTEL_TRACES_SAMPLER_ARG')
  const ratio = Number(text ?? 1)
  if (isShare(ratio)) return { sampler, ratio }
  warn(`OTEL_TRACES_SAMPLER_ARG is ${text}, which is no number from 0 to 1; 1 is used`)
  return { sampler, ratio: 1 }
}

const checked = ({ sampler, ratio }: Sampling): Sampling => {
  if (!isSamplerName(sampler))
    throw refusal('/sampler', `one of ${samplerNames.join(', ')}`, sampler)
  if (hasRatio(sampler)) {
    if (!isShare(ratio)) throw refusal('/ratio', 'a number from 0 to 1', ratio)
    return { sampler, ratio }
  }
  if (ratio !== undefined) throw refusal('/ratio', `none, as ${sampler} has none`, ratio)
  return { sampler }
}

const refusal = (path: string, expected: string, got: unknown) =>
  invalidParams([{ path, expected, got: String(got).slice(0, 100) }], 1)

const samplerOf = (sampling: Sampling, ignoresUnsampledParents: boolean): Sampler => {
  const root = rootOf(sampling)
  if (!isParentBased(sampling)) return root
  return new ParentBasedSampler({
    root,
    ...(ignoresUnsampledParents && { remoteParentNotSampled: root }),
  })
}

const rootOf = ({ sampler, ratio }: Sampling): Sampler => {
  if (hasRatio(sampler)) return new TraceIdRatioBasedSampler(ratio)
  return sampler.endsWith('always_on') ? new AlwaysOnSampler() : new AlwaysOffSampler()
}

const isParentBased = ({ sampler }: Sampling): boolean => sampler.startsWith('parentbased_')
const hasRatio = (sampler: SamplerName): boolean => sampler.endsWith('traceidratio')
const isShare = (ratio: unknown): ratio is number =>
  typeof ratio === 'number' && ratio >= 0 && ratio <= 1
const isSamplerName = (name: unknown): name is SamplerName =>
  samplerNames.includes(name as SamplerName)
