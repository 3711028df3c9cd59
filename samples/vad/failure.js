// @ts-check
/**
 * A failure as a value. It crosses threads as it is, which an Error's class would not;
 * `samples/vad.ts` makes the wire's error of it.
 *
 * @typedef {'AudioNotFound' | 'AudioInvalid' | 'ModelNotFound' | 'ModelLoadFailed'
 *   | 'DependencyMissing' | 'EngineError' | 'ShuttingDown'} FailureKind
 * @typedef {{ kind: FailureKind, message: string, facts: Record<string, unknown> }} Failure
 */

/**
 * @param {FailureKind} kind
 * @param {string} message - what is wrong, then what to do about it
 * @param {Record<string, unknown>} [facts]
 * @returns {Failure}
 */
export const failure = (kind, message, facts = {}) => ({ kind, message, facts })

/**
 * @param {unknown} thrown
 * @returns {thrown is Failure}
 */
export const isFailure = (thrown) =>
  typeof thrown === 'object' && thrown !== null && 'kind' in thrown && 'facts' in thrown
