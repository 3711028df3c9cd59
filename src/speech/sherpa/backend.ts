/** What works for `sherpa-onnx`: a process for its native code, asked by typed messages. */
import { map } from 'rxjs'
import { updatesOf } from '../../host/updates.js'
import type { SpeechBackend } from '../backend.js'
import type { ChildBackendOptions } from '../child-backend.js'
import { readLanguage, readLoaded, readSpeech, readUpdate } from '../child-wire.js'
import { engineOptions } from './check-job.js'
import { Decoder } from './decoder.js'

export type SherpaBackendOptions = Pick<ChildBackendOptions, 'capabilities' | 'models' | 'pathOf'>

export const sherpaBackend = ({
  capabilities,
  models,
  pathOf,
}: SherpaBackendOptions): SpeechBackend => {
  const decoder = new Decoder()
  return {
    capabilities,
    engineOptions,
    models,
    async load(model, options, caller) {
      const path = await pathOf(model)
      return readLoaded(await decoder.load({ model, path, ...options }, caller))
    },
    unload: (model, hard) => (hard ? decoder.unloadAll() : decoder.unload(model)),
    transcribe(params, caller) {
      const { trace } = caller // a getter
      return updatesOf(
        ({ signal = caller.signal, onProgress }) =>
          decoder.run({ method: 'transcribe', params }, { signal, trace }, (value) =>
            onProgress?.(value, false),
          ),
        { signal: caller.signal },
      ).pipe(map(readUpdate))
    },
    async detectLanguage(model, _audio, _clip, caller) {
      return readLanguage(
        await decoder.run({ method: 'detectLanguage', params: { model } }, caller),
      )
    },
    async detectSpeech(params, caller) {
      return readSpeech(await decoder.run({ method: 'detectSpeech', params }, caller))
    },
    gone$: decoder.gone$,
    start: (log) => decoder.start(log),
    stop: () => decoder.stop(),
  }
}
