/** The end of what may take longer than there is time. */

/**
 * Waits until all has ended, well or not, or the deadline has passed. Never rejects.
 *
 * @param deadlineMs - from now, in milliseconds
 */
export const within = async (
  deadlineMs: number,
  work: readonly Promise<unknown>[],
): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise((resolve) => {
    timer = setTimeout(resolve, deadlineMs) // it alone keeps the process alive while a collector is silent
  })
  await Promise.race([passed, Promise.allSettled(work)])
  clearTimeout(timer)
}
