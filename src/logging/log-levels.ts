/** Which records are written: by a level for all, and by levels of modules. */
import { type LogLevel, levelRanks } from '../ports/logger.js'

export class LogLevels {
  /** Counts changes, so that a logger need not look its module up for every record. */
  version = 0
  private general = 0
  private modules: ReadonlyMap<string, number> = new Map()

  constructor(level: LogLevel) {
    this.set(level)
  }

  /** Sets the level of one module, or of all that have none of their own. */
  set(level: LogLevel, module?: string): void {
    if (module === undefined) this.general = levelRanks[level]
    else this.modules = new Map([...this.modules, [module, levelRanks[level]]])
    this.version += 1
  }

  /** Takes the place of all that was set before. */
  use(level: LogLevel, modules: Readonly<Record<string, LogLevel>>): void {
    this.general = levelRanks[level]
    this.modules = new Map(Object.entries(modules).map(([name, its]) => [name, levelRanks[its]]))
    this.version += 1
  }

  /** Rank of the lowest level that a module writes. */
  lowest(module: string | undefined): number {
    if (module === undefined) return this.general
    const own = this.modules.get(module)
    if (own !== undefined) return own
    const end = module.lastIndexOf('.')
    return this.lowest(end === -1 ? undefined : module.slice(0, end))
  }
}
