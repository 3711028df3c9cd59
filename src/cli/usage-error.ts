/** A command that cannot be carried out as it was typed; its message says what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** An engine whose module cannot be loaded; the message tells all there is to know. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}
