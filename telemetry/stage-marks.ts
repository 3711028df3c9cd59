/** Which stages a call passed, told when it has ended: while it is on its way, a mark costs a clock reading. */
import { type Context, type Span, SpanKind, type Tracer } from '@opentelemetry/api'
import type { StageTelling } from '../src/ports/telemetry.js'
import { attribute } from './names.js'
import type { WallTime } from './wall-time.js'

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
  readonly wallTime: WallTime
}

export class StageMarks {
  private readonly marks: Mark[] = []

  add(name: string, isExit: boolean, at: number): void {
    this.marks.push({ name, isExit, at })
  }

  tell(telling: StageTelling, target: StageTarget, endedAt: number): void {
    if (telling === 'events') this.tellEvents(target)
    else if (telling === 'spans') this.tellSpans(target, endedAt)
  }

  private tellEvents({ span, wallTime }: StageTarget): void {
    for (const { name, at } of this.marks)
      span.addEvent('stage', { [attribute.stage]: name }, wallTime.at(at))
  }

  /** A stage is left when the next one is reached. */
  private tellSpans({ tracer, context, wallTime }: StageTarget, endedAt: number): void {
    for (const [index, { name, isExit, at }] of this.marks.entries()) {
      if (isExit) continue
      const span = tracer.startSpan(
        name,
        {
          kind: SpanKind.INTERNAL,
          startTime: wallTime.at(at),
          attributes: { [attribute.stage]: name },
        },
        context,
      )
      span.end(wallTime.at(this.marks[index + 1]?.at ?? endedAt))
    }
  }
}
