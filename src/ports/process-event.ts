/** What the process is told by its surroundings. */

/** Signals that an engine listens to. */
export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

export type ProcessEvent =
  | { readonly type: 'signal'; readonly signal: Signal }
  | { readonly type: 'parent-gone' }
