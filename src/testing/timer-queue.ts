/** The armed timers of a virtual clock: sets by frame, in insertion order, and a heap of the frames. */

export interface Entry {
  readonly timeMs: number
  readonly label: string
  readonly task: () => void
}

export interface TimerQueue {
  readonly size: number
  /** When the next timer is due, `Infinity` when there is none. */
  nextMs(): number
  /** The timers of a frame, as they are now; each may yet be removed. */
  at(timeMs: number): readonly Entry[]
  add(entry: Entry): void
  /** @returns whether it was there */
  remove(entry: Entry): boolean
  /** The next few timers, for error messages. */
  describe(): string
  clear(): void
}

export const timerQueue = (): TimerQueue => {
  const frames = new Map<number, Set<Entry>>() // emptied sets stay until their frame is on top of the heap
  const heap: number[] = []
  let size = 0

  const isBefore = (a: number, b: number) => (heap[a] ?? Infinity) < (heap[b] ?? Infinity)
  const swap = (a: number, b: number) => {
    ;[heap[a], heap[b]] = [heap[b] as number, heap[a] as number]
  }
  const push = (timeMs: number) => {
    let child = heap.push(timeMs) - 1
    for (
      let parent = (child - 1) >> 1;
      child > 0 && isBefore(child, parent);
      parent = (child - 1) >> 1
    ) {
      swap(child, parent)
      child = parent
    }
  }
  const pop = () => {
    swap(0, heap.length - 1)
    heap.pop()
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2]
      const child = isBefore(right, left) ? right : left
      if (!isBefore(child, parent)) return
      swap(child, parent)
      parent = child
    }
  }

  return {
    get size() {
      return size
    },
    nextMs: () => {
      for (;;) {
        const [timeMs] = heap
        if (timeMs === undefined) return Infinity
        if (frames.get(timeMs)?.size) return timeMs
        frames.delete(timeMs)
        pop()
      }
    },
    at: (timeMs) => [...(frames.get(timeMs) ?? [])],
    add: (entry) => {
      const frame = frames.get(entry.timeMs)
      frame?.add(entry)
      size += 1
      if (frame) return
      frames.set(entry.timeMs, new Set([entry]))
      push(entry.timeMs)
    },
    remove: (entry) => {
      const isThere = frames.get(entry.timeMs)?.delete(entry) ?? false
      if (isThere) size -= 1
      return isThere
    },
    describe: () => {
      const times = [...heap].sort((a, b) => a - b)
      const entries = times.flatMap((timeMs) => [...(frames.get(timeMs) ?? [])])
      const names = entries
        .slice(0, 5)
        .map(({ label, timeMs }) => `${label}, due at frame ${timeMs}`)
      return [...names, ...(size > 5 ? [`${size - 5} more`] : [])].join('; ')
    },
    clear: () => {
      frames.clear()
      heap.length = 0
      size = 0
    },
  }
}
