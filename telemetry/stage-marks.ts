/** Which stages a call passed, told when it has ended: while it is on its way, a mark costs a clock reading. */
import { type Context, type HrTime, type Span, SpanKind, type Tracer } from '@opentelemetry/api'
import type { StageTelling } from '../src/ports/telemetry.js'
import { attribute } from './names.js'

interface Mark {
  readonly name: string
  readonly isExit: boolean
  readonly at: number
}

/** What is told of a call's stages goes into its span. */
export interface StageTarget {
  readonly tracer: Tracer
  readonly span: Span
  readonly context: Context
  readonly timeOf: (at: number) => HrTime
}

/** A call may be sent through a stage again and again. */
const mostMarks = 128

export class StageMarks {
  private readonly marks: Mark[] = []

  add(name: string, isExit: boolean, at: number): void {
    if (this.marks.length < mostMarks) this.marks.push({ name, isExit, at })
  }

  tell(telling: StageTelling, target: StageTarget, endedAt: number): void {
    if (telling === 'events') this.tellEvents(target)
    else if (telling === 'spans') this.tellSpans(target, endedAt)
  }

  private tellEvents({ span, timeOf }: StageTarget): void {
    for (const { name, at } of this.marks)
      span.addEvent('stage', { [attribute.stage]: name }, timeOf(at))
  }

  /** A stage is left when the next one is reached. */
  private tellSpans({ tracer, context, timeOf }: StageTarget, endedAt: number): void {
    for (const [index, { name, isExit, at }] of this.marks.entries()) {
      if (isExit) continue
      const span = tracer.startSpan(
        name,
        {
          kind: SpanKind.INTERNAL,
          startTime: timeOf(at),
          attributes: { [attribute.stage]: name },
        },
        context,
      )
      span.end(timeOf(this.marks[index + 1]?.at ?? endedAt))
    }
  }
}
