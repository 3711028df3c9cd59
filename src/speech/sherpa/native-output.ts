/** What native code prints when it fails. It returns an empty text then, or ends the process, and says why on stderr alone. */
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'

/** Where in its source a line comes from: `/shared/sherpa-onnx/csrc/offline-model-config.cc:Validate:105 `. */
const origin = /^\S+\.(?:cc|h|cpp):\S*:\d+ ?/

const outOfMemory = /bad_alloc|failed to allocate|not enough memory/i

/** What says why, of some lines; the last that does. */
export const reasonIn = (lines: readonly string[]): string | undefined => {
  const said = lines.map((line) => line.replace(origin, '').trim())
  const what = said.find((line) => line.startsWith('what():'))
  if (what !== undefined) return what.slice('what():'.length).trim()
  const caught = said.findIndex((line) => line.startsWith('Caught exception'))
  if (caught >= 0) return said.slice(caught + 1).find((line) => line !== '')
  return said.find((line) =>
    /does not exist|[Ii]nvalid|[Uu]nsupported|[Uu]nknown|[Ff]ailed/.test(line),
  )
}

/**
 * @param lines - that were printed during one decode
 * @returns why it failed, if it did
 */
export const decodeFailure = (lines: readonly string[]): RpcError | undefined => {
  const text = lines.join('\n')
  if (/Only waves less than 30 seconds/.test(text))
    return rpcError('EngineError', 'sherpa-onnx has left out what lies behind 30 s of a chunk', {
      reason: 'chunk-too-long',
    })
  if (!/Caught exception|does not exist|Errors in config/.test(text)) return undefined
  const reason = reasonIn(lines) ?? text.trim()
  if (outOfMemory.test(text)) return memoryFailure(reason)
  return rpcError('EngineError', `sherpa-onnx could not decode a part of the audio: ${reason}`, {
    reason,
  })
}

/** @param lines - that were printed while a model was loaded, which ended badly */
export const loadFailure = (
  path: string,
  lines: readonly string[],
  otherwise: string,
): RpcError => {
  const reason = reasonIn(lines) ?? otherwise
  if (outOfMemory.test(lines.join('\n'))) return memoryFailure(reason)
  const message = `The model in ${path} cannot be loaded: ${reason}. Get the folder again, or take another model.`
  return rpcError('ModelLoadFailed', message, { path, reason })
}

export const memoryFailure = (reason: string): RpcError =>
  rpcError(
    'OutOfMemory',
    `There is not enough memory: ${reason}. Close other programs, or take a smaller model.`,
    { reason },
  )
