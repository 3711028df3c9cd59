/** Lengths of time for people. */

/** Two units at most: `850 ms`, `12.3 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export const span = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(ms / 1000)
  const [large, small, unit, of] =
    seconds < 3600
      ? [60, 1, 'min', 's']
      : seconds < 86_400
        ? [3600, 60, 'h', 'min']
        : [86_400, 3600, 'd', 'h']
  return `${Math.floor(seconds / large)} ${unit} ${Math.floor((seconds % large) / small)} ${of}`
}

/** For a column of a table: `12s`, `4m05s`, `2h10m`, `3d04h`. */
export const shortSpan = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  const two = (n: number): string => `${Math.floor(n)}`.padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h${two((seconds / 60) % 60)}m`
  return `${Math.floor(seconds / 86_400)}d${two((seconds / 3600) % 24)}h`
}
