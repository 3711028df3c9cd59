/** Settings of a process that serves an engine, from wherever they come. */
import type { ConfigFile } from '../config/config-file.js'
import type { Flag } from '../config/flags.js'
import type { Engine } from '../engine/define.js'
import type { RuntimeConfig } from '../models/runtime-config.js'
import type { ConfigPort } from '../ports/config.js'
import type { Framing } from '../protocol/frame.js'
import { type Given, isConfigured } from './config-sources.js'
import { plainConfig } from './plain-config.js'
import type { Stage } from './serve.js'

/** What an engine is served with. */
export interface Configured {
  readonly config: ConfigPort
  readonly framing: Framing | undefined
  /** Undefined where nobody has configured any. */
  readonly telemetry: RuntimeConfig['telemetry'] | undefined
}

/**
 * Reads what there is before the engine's module is loaded, as it also says how that may log.
 *
 * @returns what finds the settings of the engine once that is known; it rejects with a ConfigError
 */
export const configured = async (
  { log, watch }: Stage,
  given: Given,
): Promise<(engine: Engine) => Promise<Configured>> => {
  const isPlain = !(await isConfigured(given))
  let file: ConfigFile | undefined
  if (!isPlain) {
    const { configFile, earlyConfig, logSettings } = await import('./open-config.js')
    file = configFile(given)
    const early = earlyConfig(file, given)
    if (early !== undefined) {
      log.configure(logSettings(early), [])
      watch.isOfParent = early.parentWatch
    }
  }
  return async (engine) => {
    const plain = isPlain ? plainConfig(engine, given, log) : undefined
    if (plain !== undefined)
      return { config: plain, framing: typedFraming(given.flags), telemetry: undefined }
    const { openConfig } = await import('./open-config.js')
    const live = openConfig(engine, given, file, log)
    const { framing, parentWatch, telemetry } = live.config
    watch.isOfParent = parentWatch
    const fixed = framing === 'auto' ? undefined : (framing as Framing)
    return { config: live, framing: fixed, telemetry }
  }
}

const typedFraming = (flags: readonly Flag[]): Framing | undefined =>
  flags.findLast(({ key }) => key === 'framing')?.text as Framing | undefined
