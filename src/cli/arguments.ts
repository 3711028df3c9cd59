/** Reads what was typed behind a verb. Smaller than `util.parseArgs`, and it knows what may have been meant. */
import { didYouMean } from '../protocol/nearest.js'
import { UsageError } from './usage-error.js'

/** Options by their names: with a value behind them, once or any number of times, or without. */
export type OptionKinds = Readonly<Record<string, 'text' | 'list' | 'flag'>>

interface Typed {
  readonly text: string
  readonly list: readonly string[]
  readonly flag: true
}

export interface Arguments<K extends OptionKinds> {
  readonly positionals: readonly string[]
  readonly options: { readonly [N in keyof K]?: Typed[K[N]] }
}

/**
 * Takes `--name value`, `--name=value` and `--flag`, before, between and after the rest; behind `--` all is the rest.
 *
 * @param most - how many positionals there may be
 * @throws UsageError
 */
export const readArguments = <const K extends OptionKinds>(
  args: readonly string[],
  kinds: K,
  most: number,
): Arguments<K> => {
  const positionals: string[] = []
  const options: Record<string, string | true | string[]> = {}
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] as string
    if (arg === '--') {
      positionals.push(...args.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      positionals.push(arg)
      continue
    }
    const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(arg) ?? []
    const kind = arg.startsWith('--') && Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) {
      const meant = /^-[^-].*[./]/s.test(arg)
        ? ` A file of that name is ./${arg}`
        : didYouMean(name, Object.keys(kinds), '--')
      throw new UsageError(`There is no option ${arg.split('=', 1)[0]}.${meant}`)
    }
    if (kind === 'flag') {
      if (inline !== undefined) throw new UsageError(`--${name} takes no value`)
      options[name] = true
      continue
    }
    if (inline === undefined) i += 1
    const value = inline ?? args[i]
    if (value === undefined) throw new UsageError(`--${name} wants a value behind it`)
    if (kind === 'list') options[name] = [...((options[name] as string[] | undefined) ?? []), value]
    else options[name] = value
  }
  if (positionals.length > most) {
    throw new UsageError(
      `What is ${positionals[most]} for? Quote what belongs together: '{"a": 1}'`,
    )
  }
  return { positionals, options: options as Arguments<K>['options'] }
}

/** @throws UsageError when an option has a value that it cannot have */
export const oneOf = <V extends string>(
  name: string,
  value: string | undefined,
  values: readonly V[],
): V | undefined => {
  if (value === undefined || values.includes(value as V)) return value as V | undefined
  const meant = didYouMean(value, values)
  throw new UsageError(`--${name} is one of ${values.join(', ')}, and not ${value}.${meant}`)
}
