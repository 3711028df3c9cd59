/** Calls of an engine whose answers are looked at by the codecs of what it should tell. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { CallOptions, Client, RpcError } from 'sidestream/host'
import { TranscribeProgress, TranscribeResult } from 'sidestream/models'
import { compileDecoder } from '../../src/protocol/codec.js'

/** @throws Error that says where a value does not fit */
export const fitting = <A>(codec: t.Type<A>, value: unknown): A => {
  const decoded = compileDecoder(codec)(value)
  if (isLeft(decoded)) throw new Error(`no ${codec.name}: ${JSON.stringify(decoded.left)}`)
  return decoded.right as A
}

export type Result = t.TypeOf<typeof TranscribeResult>
export type Progress = t.TypeOf<typeof TranscribeProgress>

export interface Told {
  readonly result: Result
  readonly progress: readonly Progress[]
}

/** @param onTold - called with each value of progress */
export const told = async (
  client: Client,
  method: string,
  params: object,
  options: CallOptions = {},
  onTold: (value: Progress) => void = () => {},
): Promise<Told> => {
  const values: unknown[] = []
  const request = client.request(method, params, {
    ...options,
    onProgress: (value) => {
      values.push(value)
      onTold(value as Progress)
    },
  })
  const result = await request.catch((error: RpcError) => {
    throw Object.assign(new Error(error.message), error) // uvu stops at what is no Error
  })
  const progress = values.map((value) => fitting(TranscribeProgress, value)) // a host goes on when this throws
  return { result: fitting(TranscribeResult, result), progress }
}

/** What a call fails with. */
export const failure = async (call: Promise<unknown>): Promise<RpcError> => {
  try {
    await call
  } catch (error) {
    return error as RpcError
  }
  throw new Error('it did not fail')
}
