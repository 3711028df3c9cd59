/** What is told of how long calls took. */

/** How a call failed. */
export interface Failure {
  readonly code: number
  readonly kind: string
}

export interface Durations {
  /**
   * A call has ended.
   *
   * @param method - as the registry has it, or as it was sent; undefined for one that does not exist
   * @param failure - undefined for a result
   */
  record(
    from: 'server' | 'client',
    method: string | undefined,
    failure: Failure | undefined,
    durationMs: number,
  ): void
  /** The handler of a call has started, so long after the call was received. */
  recordWait(method: string | undefined, queueMs: number): void
}
