/** Lines out of the bytes that a process prints. */
import { Observable, type OperatorFunction } from 'rxjs'

/** A longer line comes in pieces, in characters. */
const longest = 8192

/** Empty lines are left out; a lone carriage return, as progress bars print it, ends a line too. */
export const lines = (): OperatorFunction<Uint8Array, string> => (chunks$) =>
  new Observable((subscriber) => {
    const decoder = new TextDecoder()
    let rest = ''
    const tell = (line: string): void => {
      if (line !== '') subscriber.next(line)
    }
    return chunks$.subscribe({
      next: (chunk) => {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split(/[\r\n]+/)
        rest = parts.pop() as string
        for (const line of parts) tell(line)
        while (rest.length > longest) {
          tell(rest.slice(0, longest))
          rest = rest.slice(longest)
        }
      },
      complete: () => {
        tell(rest)
        subscriber.complete()
      },
    })
  })
