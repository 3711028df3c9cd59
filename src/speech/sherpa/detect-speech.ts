/** `detectSpeech`: where somebody speaks, in audio of any length. */
import type { Span } from '../../models/audio.js'
import type { VadDetectRequest, VadDetectResult } from '../../models/vad.js'
import { rpcError } from '../../protocol/rpc-error.js'
import { openAudio } from '../audio/open-audio.js'
import { lookedAt, resampled } from './resampled.js'
import { type FoundSpeech, speechFinder } from './silero.js'
import { sampleRate } from './sound.js'
import { finished, rounded } from './spans.js'
import { breathe, type Work } from './work.js'

/** @throws RpcError AudioNotFound, AudioInvalid, UnsupportedOption, DependencyMissing, RequestCancelled */
export const detectSpeech = async (
  { audio: input, backend = 'silero', ...options }: VadDetectRequest,
  work: Work,
): Promise<VadDetectResult> => {
  if (backend !== 'silero')
    throw rpcError('UnsupportedOption', `sherpa-onnx has no ${backend} detector. Take silero.`, {
      option: 'backend',
      supported: ['silero'],
    })
  const audio = await openAudio(input, undefined, work.folder)
  try {
    const finder = speechFinder(options)
    const found: Span[] = []
    let heard = 0
    for await (const block of resampled(audio)) {
      found.push(...finder.take(block).map(inSeconds))
      heard += block.length
      await breathe(work)
    }
    found.push(...finder.end().map(inSeconds))
    const duration = rounded(heard / sampleRate)
    const padSec = (options.speechPadMs ?? 100) / 1000
    const spans = finished(found, {
      minSilenceSec: (options.minSilenceMs ?? 500) / 1000,
      padSec,
      maxSpeechSec: (options.maxSpeechSec ?? Number.POSITIVE_INFINITY) - 2 * padSec,
      within: { ...lookedAt(audio), end: duration },
    })
    const segments = spans
      .map(({ start, end }) => ({ start: rounded(start), end: rounded(end) }))
      .filter(({ start, end }) => start < end)
    return { segments, duration, backend: 'silero' }
  } finally {
    audio.close()
  }
}

const inSeconds = ({ start, voiceEnd }: FoundSpeech): Span => ({
  start: start / sampleRate,
  end: voiceEnd / sampleRate,
})
