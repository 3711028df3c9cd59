/** The settings in force, and the pipelines of calls that were built with them. */
import type { Settings } from '../../pipelines/standard.js'
import type { Outcomes } from './answering.js'
import type { Reader, Routes } from './reader.js'
import type { EngineRuntime } from './runtime.js'

/** @param broken - told of what cannot be subscribed */
export type Open<T> = (settings: Settings, broken: (error: unknown) => void) => T

interface Epoch {
  readonly settings: Settings
  readonly routes: Routes
  readonly outcomes$: Outcomes
  /** Why it cannot serve. */
  readonly faults: readonly unknown[]
}

export class Epochs {
  private current: Epoch
  private readonly openCalls: Open<Routes>
  private readonly openReplies: Open<Outcomes>
  private readonly users: { readonly reader: Reader; readonly runtime: EngineRuntime }

  constructor(
    settings: Settings,
    openCalls: Epochs['openCalls'],
    openReplies: Epochs['openReplies'],
    users: Epochs['users'],
  ) {
    this.openCalls = openCalls
    this.openReplies = openReplies
    this.users = users
    this.current = this.build(settings)
    this.use(this.current)
  }

  get settings(): Settings {
    return this.current.settings
  }

  /** Why the engine cannot serve. */
  get faults(): readonly unknown[] {
    return this.current.faults
  }

  /**
   * Calls on their way finish in the old pipelines; their replies pass the new one.
   *
   * @returns false when new ones cannot be built; the old ones stay
   */
  reload(settings: Settings): boolean {
    const next = this.build(settings)
    const { log } = this.users.runtime
    const [fault] = next.faults
    if (fault !== undefined) {
      end(next)
      log.error(
        { err: fault },
        'The pipelines cannot be built with these settings; the old ones stay',
      )
      return false
    }
    const old = this.current
    this.current = next
    this.use(next)
    end(old)
    log.info({ changed: changed(old.settings, settings) }, 'The pipelines were built anew')
    return true
  }

  /** What recurs in a stage, or was subscribed, ends. */
  close(): void {
    this.current.routes.close()
  }

  private use({ routes, outcomes$ }: Epoch): void {
    this.users.reader.routes = routes
    this.users.runtime.outcomes$ = outcomes$
  }

  private build(settings: Settings): Epoch {
    const faults: unknown[] = []
    const broken = (error: unknown): void => {
      faults.push(error)
    }
    const routes = this.openCalls(settings, broken)
    return { settings, routes, outcomes$: this.openReplies(settings, broken), faults }
  }
}

const changed = (from: Settings, to: Settings): readonly string[] =>
  (Object.keys({ ...from, ...to }) as (keyof Settings)[]).filter((key) => from[key] !== to[key])

const end = ({ routes, outcomes$ }: Epoch): void => {
  routes.close()
  outcomes$.complete()
}
