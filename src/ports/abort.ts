/** What is to be done when a signal aborts. One signal may be that of many requests: Node warns of the eleventh listener. */

interface Tasks {
  readonly all: Set<() => void>
  readonly run: () => void
}

const tasksOf = new WeakMap<AbortSignal, Tasks>()

/**
 * Calls `task` once when the signal aborts. One that has aborted already calls nothing: look before.
 *
 * @param task - must not throw; a function of its own for each call of `onAbort`
 * @returns takes the task back; nothing stays at the signal then
 */
export const onAbort = (signal: AbortSignal | undefined, task: () => void): (() => void) => {
  if (signal === undefined) return nothing
  const tasks = tasksOf.get(signal) ?? newTasks(signal)
  if (tasks.all.size === 0) signal.addEventListener('abort', tasks.run)
  tasks.all.add(task)
  return () => {
    const wasLast = tasks.all.delete(task) && tasks.all.size === 0
    if (wasLast) signal.removeEventListener('abort', tasks.run)
  }
}

const nothing = (): void => {}

const newTasks = (signal: AbortSignal): Tasks => {
  const all = new Set<() => void>()
  const run = (): void => {
    for (const task of all) task()
  }
  const tasks = { all, run }
  tasksOf.set(signal, tasks)
  return tasks
}

/**
 * Does something that ends when any of these signals aborts. `AbortSignal.any` would stay behind at one that lives longer.
 *
 * @param use - resolves or rejects when it is done with its signal
 */
export const withAny = async <T>(
  signals: readonly AbortSignal[],
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  if (signals.some(({ aborted }) => aborted)) controller.abort()
  const leave = signals.map((signal) => onAbort(signal, () => controller.abort()))
  try {
    return await use(controller.signal)
  } finally {
    for (const stop of leave) stop()
  }
}
