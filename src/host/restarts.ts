/** How often engines were started again, and why. */
import type { HostFigures } from '../ports/telemetry.js'

export class Restarts {
  private readonly byEngine = new Map<string, Map<string, number>>()

  /** @param reason - why the process before had ended */
  count(engine: string, reason: string): void {
    const reasons = this.byEngine.get(engine) ?? new Map<string, number>()
    this.byEngine.set(engine, reasons)
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }

  get all(): HostFigures['restarts'] {
    return [...this.byEngine].flatMap(([engine, reasons]) =>
      [...reasons].map(([reason, count]) => ({ engine, reason, count })),
    )
  }
}
