/** What was typed, as settings. */
import type { Flag } from '../config/flags.js'
import type { Given } from './config-sources.js'
import { UsageError } from './usage-error.js'

/** Options that stand for a setting. */
export interface SettingOptions {
  readonly set?: readonly string[]
  readonly framing?: string
  readonly 'log-level'?: string
  readonly 'no-parent-watch'?: true
}

/** @throws UsageError for options that set nothing */
export const givenBy = (options: SettingOptions & { readonly config?: string }): Given => {
  if (options.config === '') throw new UsageError('--config wants a file behind it')
  return { file: options.config, flags: flagsOf(options), folder: process.cwd() }
}

const flagsOf = (options: SettingOptions): readonly Flag[] => {
  const { set = [], framing, 'log-level': level, 'no-parent-watch': isAlone } = options
  return [
    ...set.map((typed): Flag => {
      const [, key = '', text] = /^([^=]+)=(.*)$/s.exec(typed) ?? []
      if (text === undefined) {
        throw new UsageError('--set wants KEY=VALUE, such as --set limits.maxInFlight=8')
      }
      return { option: '--set', key: key.trim(), text }
    }),
    ...(framing === undefined ? [] : [{ option: '--framing', key: 'framing', text: framing }]),
    ...(level === undefined ? [] : [{ option: '--log-level', key: 'log.level', text: level }]),
    ...(isAlone === undefined
      ? []
      : [{ option: '--no-parent-watch', key: 'parentWatch', text: 'false' }]),
  ]
}
