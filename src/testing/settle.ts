/** When is everything done that does not wait for time? Promises, ticks, and `setImmediate`, by its own account. */

const realSetImmediate = setImmediate
const longestChain = 100_000
let ours = 0 // immediates that wait here: several clocks must not wait for each other

const countOthers = (): number => {
  let count = -ours
  for (const name of process.getActiveResourcesInfo()) if (name === 'Immediate') count += 1
  return count
}

/** Calls `settled` in a macrotask of its own, as real timers are called, when no microtask or immediate is left. */
export const whenSettled = (settled: () => void, failed: (error: Error) => void): void => {
  let turns = 0
  const wait = () => {
    ours += 1
    realSetImmediate(() => {
      ours -= 1
      turns += 1
      if (countOthers() === 0) settled()
      else if (turns < longestChain) wait()
      else failed(new Error('the frame does not end: setImmediate callbacks arm each other'))
    })
  }
  wait()
}
