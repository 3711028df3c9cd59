/** What goes between the worker and the process that decodes. */
export type Order =
  | {
      readonly kind: 'run'
      readonly id: number
      readonly method: 'load' | 'transcribe' | 'detectSpeech' | 'about'
      readonly params: unknown
    }
  | { readonly kind: 'cancel'; readonly id: number }

interface PlainError {
  readonly kind: string
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** `marks`: how many lines of these stand on stderr before it. */
export type Answer =
  | { readonly kind: 'progress'; readonly id: number; readonly value: object }
  | {
      readonly kind: 'result'
      readonly id: number
      readonly marks: number
      readonly value: unknown
    }
  | {
      readonly kind: 'failure'
      readonly id: number
      readonly marks: number
      readonly error: PlainError
    }

/** A line on stderr between what belongs to one native call and to the next. */
export const markLine = '\u001e'
