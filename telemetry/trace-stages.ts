/** Stages that a call passed, as its span tells of them: by events, or by spans of their own. */
import type { TraceSpan } from './trace-span.js'

/** The name of such an event, and the attribute that has the stage's name. */
const eventName = 'stage'
const stageAttribute = 'sidestream.stage'

export interface Stage {
  readonly name: string
  readonly startNs: bigint
  readonly endNs: bigint
}

/** What took less of a call is too short for a line, and what took more is as good as all of it. */
const least = 0.01
const most = 0.99

/** An event tells when a stage was reached; it lasts until the next one is. */
const stagesOf = ({ events, startNs, endNs }: TraceSpan): readonly Stage[] => {
  const reached = events
    .filter(({ name, attributes }) => name === eventName && stageAttribute in attributes)
    .map(({ atNs, attributes }) => ({
      name: String(attributes[stageAttribute]),
      startNs: atNs < startNs ? startNs : atNs > endNs ? endNs : atNs,
    }))
    .sort((a, b) => Number(a.startNs - b.startNs))
  return reached.map((stage, index) => ({ ...stage, endNs: reached[index + 1]?.startNs ?? endNs }))
}

const shareOf = (part: Omit<Stage, 'name'>, whole: TraceSpan): number =>
  whole.endNs === whole.startNs
    ? 0
    : Number(part.endNs - part.startNs) / Number(whole.endNs - whole.startNs)

/** Stages that get a line of their own, and the times at which others were reached. */
export const splitStages = (
  span: TraceSpan,
): { readonly long: readonly Stage[]; readonly ticksNs: readonly bigint[] } => {
  const stages = stagesOf(span)
  const isLong = (stage: Stage): boolean =>
    shareOf(stage, span) >= least && shareOf(stage, span) < most
  return {
    long: stages.filter(isLong),
    ticksNs: stages.filter((stage) => !isLong(stage)).map(({ startNs }) => startNs),
  }
}

/** Whether a span is a stage of its parent that is too short for a line. Only for those without children. */
export const isShortStage = (span: TraceSpan, parent: TraceSpan): boolean =>
  span.kind === 'INTERNAL' &&
  stageAttribute in span.attributes &&
  span.status.code !== 'ERROR' &&
  shareOf(span, parent) < least

/** Events that are no stages. */
export const otherEvents = ({ events }: TraceSpan): TraceSpan['events'] =>
  events.filter(({ name, attributes }) => !(name === eventName && stageAttribute in attributes))
