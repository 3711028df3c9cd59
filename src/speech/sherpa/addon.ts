/** The package sherpa-onnx-node, which its users install themselves: it is 32 MB of native code. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { rpcError } from '../../protocol/rpc-error.js'

export interface NativeVad {
  acceptWaveform(samples: Float32Array): void
  isEmpty(): boolean
  isDetected(): boolean
  /** @param external - false: samples in memory of ours, not in that of the detector */
  front(external: boolean): { readonly start: number; readonly samples: Float32Array }
  pop(): void
  flush(): void
  reset(): void
}

export interface NativeStream {
  acceptWaveform(wave: { readonly samples: Float32Array; readonly sampleRate: number }): void
}

/** What a model has heard. Which members are there depends on the model. */
export interface Heard {
  readonly text: string
  readonly lang?: string
  readonly tokens?: readonly string[]
  /** Of the tokens, in seconds. */
  readonly timestamps?: readonly number[]
  readonly durations?: readonly number[]
  readonly segment_texts?: readonly string[]
  readonly segment_timestamps?: readonly number[]
  readonly segment_durations?: readonly number[]
}

export interface NativeRecognizer {
  createStream(): NativeStream
  decodeAsync(stream: NativeStream): Promise<Heard>
  setConfig(config: object): void
}

export interface Addon {
  readonly Vad: new (config: object, bufferSec: number) => NativeVad
  readonly OfflineRecognizer: { createAsync(config: object): Promise<NativeRecognizer> }
  readonly LinearResampler: new (
    from: number,
    to: number,
  ) => {
    resample(samples: Float32Array): Float32Array
    flush(samples: Float32Array): Float32Array
  }
}

const name = 'sherpa-onnx-node'
let loaded: Addon | undefined

/**
 * From the user's project, else from where this package is.
 *
 * @throws RpcError DependencyMissing
 */
export const addon = (): Addon => {
  loaded ??= load()
  return loaded
}

const load = (): Addon => {
  const places = [join(process.cwd(), 'index.js'), import.meta.url]
  let reason: NodeJS.ErrnoException | undefined
  for (const place of places) {
    try {
      return createRequire(place)(name) as Addon
    } catch (error) {
      // That it is there and broken says more than that it is not there.
      if (reason === undefined || reason.code === 'MODULE_NOT_FOUND')
        reason = error as NodeJS.ErrnoException
    }
  }
  const trouble =
    reason?.code === 'MODULE_NOT_FOUND'
      ? `The package ${name} is not installed`
      : `${name} has no binary that loads on ${process.platform}-${process.arch}`
  const hint = `npm install ${name} --include=optional`
  throw rpcError('DependencyMissing', `${trouble}. Install it: ${hint}`, {
    package: name,
    reason: String(reason?.message).split('\n', 1)[0],
    hint,
  })
}
