/** Lines out of the bytes that a process prints. */
import { Observable, type OperatorFunction } from 'rxjs'
import { LineSplitter } from './line-splitter.js'

export const lines = (): OperatorFunction<Uint8Array, string> => (chunks$) =>
  new Observable((subscriber) => {
    const splitter = new LineSplitter()
    const tell = (line: string): void => subscriber.next(line)
    return chunks$.subscribe({
      next: (chunk) => void splitter.push(chunk, Infinity, tell),
      complete: () => {
        splitter.end(Infinity, tell)
        subscriber.complete()
      },
    })
  })
