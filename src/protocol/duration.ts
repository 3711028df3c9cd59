/** Durations as people write them. */

/** Milliseconds, or a number with a unit: `'250ms'`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** @throws TypeError when it is no duration above 0 */
export const toMs = (duration: Duration): number => {
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(String(duration)) ?? []
  const ms = typeof duration === 'number' ? duration : Number(amount) * (unitMs[unit ?? ''] ?? 0)
  if (!(ms > 0)) {
    throw new TypeError(`Not a duration: ${duration}. Write 30_000, '500ms', '30s', '5m' or '1h'.`)
  }
  return ms
}
