/** A suite for code that fails with plain values. */
import { inspect } from 'node:util'
import { suite } from 'uvu'

/**
 * uvu ends a suite at the first test that throws anything but an Error, without a word and as a success
 * (0.5.6): so whatever else is thrown becomes an Error here.
 */
export const valueSuite = (name: string) => {
  const tests = suite(name)
  const test = (title: string, handler: () => unknown) =>
    tests(title, async () => {
      try {
        await handler()
      } catch (thrown) {
        throw thrown instanceof Error ? thrown : new Error(`thrown: ${inspect(thrown)}`)
      }
    })
  return Object.assign(test, { after: tests.after, run: tests.run })
}
