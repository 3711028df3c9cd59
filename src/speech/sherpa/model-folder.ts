/** Which model a folder holds, and whether all of its files are there. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { rpcError } from '../../protocol/rpc-error.js'

/** Files as `modelConfig` of sherpa-onnx takes them. */
export type ModelFiles = {
  readonly tokens: string
  readonly computeType: ComputeType
} & (
  | {
      readonly kind: 'whisper'
      readonly encoder: string
      readonly decoder: string
      /** Codes, or undefined for a model that knows English alone. */
      readonly languages: readonly string[] | undefined
    }
  | { readonly kind: 'paraformer' | 'sense-voice'; readonly model: string }
)

export type ComputeType = 'int8' | 'float16' | 'float32'

/**
 * A Whisper folder has `*encoder*.onnx`, `*decoder*.onnx` and `*tokens.txt`; others have `model*.onnx` and `tokens.txt`.
 * Each may be there as `.int8.onnx`, `.fp16.onnx` and `.onnx`.
 *
 * @param wanted - default: int8, where it is there
 * @throws RpcError ModelNotFound, ModelLoadFailed, UnsupportedOption
 */
export const modelFiles = (path: string, wanted?: string): ModelFiles => {
  const names = namesIn(path).filter((name) => !name.startsWith('.'))
  const onnx = names.filter((name) => name.endsWith('.onnx'))
  const encoders = onnx.filter((name) => name.includes('encoder'))
  const decoders = onnx.filter((name) => name.includes('decoder'))
  const isWhisper = encoders.length + decoders.length > 0
  const models = isWhisper ? [] : onnx.filter((name) => name.includes('model'))
  const tokens = names.find((name) => name.endsWith('tokens.txt'))
  const missing = [
    ...(isWhisper && encoders.length === 0 ? ['*encoder*.onnx'] : []),
    ...(isWhisper && decoders.length === 0 ? ['*decoder*.onnx'] : []),
    ...(!isWhisper && models.length === 0
      ? ['model.onnx (or *encoder*.onnx and *decoder*.onnx)']
      : []),
    ...(tokens === undefined ? ['tokens.txt'] : []),
  ]
  if (missing.length > 0 || tokens === undefined)
    throw rpcError(
      'ModelLoadFailed',
      `The model in ${path} is not complete: ${missing.join(' and ')} is missing. Get the folder again.`,
      { path, missing },
    )
  const computeType = chosenType(isWhisper ? [encoders, decoders] : [models], wanted, path)
  const file = (candidates: readonly string[]): string =>
    filled(join(path, candidates.find((name) => typeOf(name) === computeType) as string))
  const common = { tokens: filled(join(path, tokens)), computeType }
  if (!isWhisper) {
    const model = file(models)
    return { ...common, kind: singleKind(model, path), model }
  }
  const encoder = file(encoders)
  const facts = metadata(encoder)
  const codes = facts.get('is_multilingual') === '1' ? facts.get('all_language_codes') : undefined
  return {
    ...common,
    kind: 'whisper',
    encoder,
    decoder: file(decoders),
    languages: codes?.split(','),
  }
}

const namesIn = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch (error) {
    const message = `There is no model folder at ${path}: ${(error as Error).message}. Check its path.`
    throw rpcError('ModelNotFound', message, { path })
  }
}

const typeOf = (name: string): ComputeType => {
  if (name.endsWith('.int8.onnx')) return 'int8'
  return name.endsWith('.fp16.onnx') ? 'float16' : 'float32'
}

const types: readonly ComputeType[] = ['int8', 'float32', 'float16']

/** One that all files are there in. */
const chosenType = (
  groups: readonly (readonly string[])[],
  wanted: string | undefined,
  path: string,
): ComputeType => {
  const there = types.filter((type) =>
    groups.every((names) => names.some((it) => typeOf(it) === type)),
  )
  if (there.length === 0)
    throw rpcError(
      'ModelLoadFailed',
      `The model in ${path} is not complete: its encoder and its decoder have no type in common. Get the folder again.`,
      { path },
    )
  const chosen = wanted === undefined ? there[0] : there.find((type) => type === wanted)
  if (chosen !== undefined) return chosen
  const message = `The model in ${path} is not there as ${wanted}. Take ${there.join(' or ')}.`
  throw rpcError('UnsupportedOption', message, { option: 'computeType', supported: there })
}

/** A pointer of Git LFS is a file, too, but none that could be loaded. */
const filled = (path: string): string => {
  if (tailOf(path, 1).length > 0) return path
  throw rpcError('ModelLoadFailed', `${path} is empty. Get the folder again.`, { path })
}

const singleKind = (model: string, path: string): 'paraformer' | 'sense-voice' => {
  const type = metadata(model).get('model_type')
  if (type === 'paraformer') return 'paraformer'
  // SenseVoice tells a version, and how its languages are numbered.
  if (metadata(model).has('lang_auto') || type?.startsWith('sense_voice')) return 'sense-voice'
  const found =
    type === undefined ? 'a model that does not say what it is' : `a model of type ${type}`
  throw rpcError(
    'ModelLoadFailed',
    `${model} is ${found}. Give a folder with a Whisper, Paraformer or SenseVoice model for sherpa-onnx.`,
    { path, ...(type !== undefined && { modelType: type }) },
  )
}

/** Metadata stands at the end of an ONNX file. Those of SenseVoice hold two long lists of numbers. */
const tailBytes = 200_000

/** Entries are protobuf: `0x0a length key 0x12 length value`. */
const metadata = (path: string): ReadonlyMap<string, string> => {
  const tail = tailOf(path, tailBytes)
  const entries = new Map<string, string>()
  for (let at = tail.indexOf(0x72); at >= 0; at = tail.indexOf(0x72, at + 1)) {
    const entry = field(tail, at, 0x72)
    const key = entry && field(entry.value, 0, 0x0a)
    const value = key && field(entry.value, key.end, 0x12)
    if (key && value?.end === entry.value.length)
      entries.set(key.value.toString(), value.value.toString())
  }
  return entries
}

const field = (bytes: Buffer, at: number, tag: number) => {
  if (bytes[at] !== tag) return undefined
  let length = 0
  let place = at + 1
  for (let shift = 0; shift < 28; shift += 7, place += 1) {
    const byte = bytes[place] ?? 0
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  const end = place + 1 + length
  return end > bytes.length ? undefined : { value: bytes.subarray(place + 1, end), end }
}

const tailOf = (path: string, length: number): Buffer => {
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(length, size))
    readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return bytes
  } finally {
    closeSync(fd)
  }
}
