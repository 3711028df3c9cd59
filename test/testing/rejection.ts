import * as assert from 'uvu/assert'
import { type MarbleHelpers, type MarbleOptions, marbles } from '../../src/testing/index.js'

/** The Error that a promise rejects with. */
export const rejection = async (promise: Promise<unknown>): Promise<Error> => {
  let outcome: unknown
  try {
    await promise
  } catch (error) {
    outcome = error
  }
  assert.ok(outcome, 'expected it to reject')
  assert.instance(outcome, Error)
  return outcome as Error
}

/** The Error that a marble test fails with. */
export const failure = (
  body: (helpers: MarbleHelpers) => void | Promise<void>,
  options?: MarbleOptions,
): Promise<Error> => rejection(marbles(body, options)())
