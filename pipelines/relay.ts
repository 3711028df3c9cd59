/** The head of a pipeline: a hot stream for one subscriber, or a few, at the cost of a function call. */
import { Observable, type Subscriber } from 'rxjs'

/**
 * Like a Subject, but what is emitted while it emits waits its turn, so that every observer sees the same order. Every call
 * passes two of these; a Subject makes a closure for each value.
 */
export class Relay<T> extends Observable<T> {
  /** Gets what nobody listens for, as after an operator that has completed early. */
  unheard: ((value: T) => void) | undefined
  private only: Subscriber<T> | undefined
  private subscribers: readonly Subscriber<T>[] = []
  private isEmitting = false
  private isComplete = false
  private readonly waiting: T[] = []

  constructor() {
    super((subscriber) => {
      if (this.isComplete) {
        subscriber.complete()
        return
      }
      this.set([...this.subscribers, subscriber])
      return () => this.set(this.subscribers.filter((other) => other !== subscriber))
    })
  }

  next(value: T): void {
    if (this.isEmitting) {
      this.waiting.push(value)
      return
    }
    this.isEmitting = true
    try {
      this.emit(value)
      if (this.waiting.length > 0) this.emitWaiting()
    } finally {
      this.isEmitting = false
    }
  }

  complete(): void {
    this.isComplete = true
    for (const subscriber of this.subscribers) subscriber.complete()
  }

  private emit(value: T): void {
    if (this.only !== undefined) this.only.next(value)
    else if (this.subscribers.length === 0) this.unheard?.(value)
    else for (const subscriber of this.subscribers) subscriber.next(value)
  }

  /** By a loop, and in place: each value may bring more. */
  private emitWaiting(): void {
    const { waiting } = this
    try {
      for (let index = 0; index < waiting.length; index += 1) this.emit(waiting[index] as T)
    } finally {
      waiting.length = 0
    }
  }

  private set(subscribers: readonly Subscriber<T>[]): void {
    this.subscribers = subscribers
    this.only = subscribers.length === 1 ? subscribers[0] : undefined
  }
}
