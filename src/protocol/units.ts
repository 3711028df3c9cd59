/** Codecs of what people write with a unit. */
import * as t from 'io-ts'
import { type Duration, toMs } from './duration.js'
import type { SettingCodec } from './setting.js'

const unit = (
  name: string,
  read: (text: string | number) => number | undefined,
  print: (value: number) => string | number,
  jsonSchema: Readonly<Record<string, unknown>>,
): SettingCodec<number, string | number> =>
  Object.assign(
    new t.Type<number, string | number, unknown>(
      name,
      (value): value is number => typeof value === 'number' && read(value) === value,
      (value, context) => {
        const isText = typeof value === 'string' || typeof value === 'number'
        const number = isText ? read(value) : undefined
        return number === undefined ? t.failure(value, context) : t.success(number)
      },
      print,
    ),
    { jsonSchema },
  )

/** The largest unit that divides a value. */
const withUnit =
  (units: readonly (readonly [string, number])[]) =>
  (value: number): string | number => {
    const fitting = units.find(([, size]) => value >= size && value % size === 0)
    return fitting === undefined ? value : `${value / fitting[1]}${fitting[0]}`
  }

const durations = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A time above 0: a number is milliseconds, a text has its unit. Decodes to milliseconds. */
export const duration = unit(
  'a duration such as 500ms, 30s, 5m or 1h',
  (given) => {
    try {
      const ms = toMs(given as Duration)
      return ms <= Number.MAX_SAFE_INTEGER ? ms : undefined
    } catch {
      return undefined
    }
  },
  withUnit(durations),
  {
    anyOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'string', pattern: '^(\\d+\\.?\\d*|\\.\\d+)(ms|s|m|h)$' },
    ],
  },
)

const binary = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const
const sizes: Readonly<Record<string, number>> = {
  ...Object.fromEntries(binary),
  GB: 1e9,
  MB: 1e6,
  kB: 1e3,
  B: 1,
}

/** 1.001 kB is 1001 bytes, though not as numbers multiply. */
const wholeIfMeant = (value: number): number => {
  const whole = Math.round(value)
  return Math.abs(value - whole) <= whole * Number.EPSILON ? whole : value
}

/** A number of bytes above 0, or a text with its unit. Decodes to bytes, a whole number. */
export const size = unit(
  'a size such as 64KiB, 16MiB, 1GiB or a number of bytes',
  (given) => {
    const [, amount, name = ''] =
      /^(\d+\.?\d*|\.\d+)(GiB|MiB|KiB|GB|MB|kB|B)$/.exec(String(given)) ?? []
    const bytes =
      typeof given === 'number' ? given : wholeIfMeant(Number(amount) * (sizes[name] ?? 0))
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined
  },
  withUnit(binary),
  {
    anyOf: [
      { type: 'integer', exclusiveMinimum: 0 },
      { type: 'string', pattern: '^(\\d+\\.?\\d*|\\.\\d+)(GiB|MiB|KiB|GB|MB|kB|B)$' },
    ],
  },
)
