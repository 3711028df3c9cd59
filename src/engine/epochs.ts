/** The settings in force, and the pipelines of calls that were built with them. */
import type { Settings } from '../../pipelines/standard.js'
import type { Logger } from '../ports/logger.js'
import type { Routes } from './reader.js'

type Open = (settings: Settings, broken: (error: unknown) => void) => Routes

export class Epochs {
  settings: Settings
  private routes: Routes | undefined
  private readonly open: Open
  private readonly use: (routes: Routes) => void
  private readonly log: Logger

  /**
   * @param open - builds the pipelines; `broken` is told of those that cannot be subscribed
   * @param use - lets the next calls go their way
   */
  constructor(settings: Settings, open: Open, use: (routes: Routes) => void, log: Logger) {
    this.settings = settings
    this.open = open
    this.use = use
    this.log = log
  }

  /** @returns why the engine cannot serve */
  begin(): readonly unknown[] {
    const { routes, faults } = this.build(this.settings)
    this.routes = routes
    this.use(routes)
    return faults
  }

  /**
   * Calls on their way finish in the old pipelines.
   *
   * @returns false when new ones cannot be built; the old ones stay
   */
  reload(changed: Partial<Settings>): boolean {
    const settings = { ...this.settings, ...changed }
    const { routes, faults } = this.build(settings)
    if (faults.length > 0) {
      routes.close()
      this.log.error(
        { err: faults[0] },
        'The pipelines cannot be built with these settings; the old ones stay',
      )
      return false
    }
    const old = this.routes
    this.settings = settings
    this.routes = routes
    this.use(routes)
    old?.close()
    this.log.info({ changed: Object.keys(changed) }, 'The pipelines were built anew')
    return true
  }

  private build(settings: Settings): { routes: Routes; faults: readonly unknown[] } {
    const faults: unknown[] = []
    return { routes: this.open(settings, (error) => faults.push(error)), faults }
  }

  /** What recurs in a stage, or was subscribed, ends. */
  close(): void {
    this.routes?.close()
  }
}
