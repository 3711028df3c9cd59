/** Real time for tests in virtual time: ends one that waits for what never comes. */
const { setTimeout, clearTimeout } = globalThis // the real ones

export interface Watchdog {
  /** Rejects with `describe()` when the time is over. */
  readonly barked: Promise<never>
  stop(): void
}

export const watchdog = (limitMs: number, describe: () => string): Watchdog => {
  let timer: NodeJS.Timeout | undefined
  const barked = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), limitMs)
  })
  return { barked, stop: () => clearTimeout(timer) }
}
