/** Refuses what the engine cannot do, before it waits for its turn. */
import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Call } from '../../pipelines/call.js'
import { stage } from '../../pipelines/stage.js'
import type { ModelLoadRequest } from '../models/model-info.js'
import type { StreamFinishRequest, StreamOpenRequest } from '../models/stream.js'
import type { DetectLanguageRequest, TranscribeRequest } from '../models/transcribe-request.js'
import type { VadDetectRequest } from '../models/vad.js'
import { foundAudio } from './audio-file.js'
import type { SpeechBackend } from './backend.js'
import { checkAudioKind, checkDecoding, checkLoad } from './checks.js'
import type { Streams } from './streams.js'

/** @throws RpcError that says what is wrong with the params of a method */
export type Judge = (method: string, params: unknown) => void

export const judged = (able: Pick<SpeechBackend, 'capabilities' | 'engineOptions'>): Judge => {
  const judgeAudio = ({ audio }: Pick<TranscribeRequest, 'audio'>): void => {
    checkAudioKind(audio, able)
    foundAudio(audio)
  }
  const judges = {
    'transcription.transcribe': (request: TranscribeRequest) => {
      checkDecoding(request, able)
      judgeAudio(request)
    },
    'transcription.detectLanguage': (request: DetectLanguageRequest) => judgeAudio(request),
    'vad.detect': (request: VadDetectRequest) => judgeAudio(request),
    'stream.open': (request: StreamOpenRequest) => checkDecoding(request, able),
    'models.load': (request: ModelLoadRequest) => checkLoad(request, able),
  }
  const byMethod = new Map<string, (params: never) => void>(Object.entries(judges))
  return (method, params) => byMethod.get(method)?.(params as never)
}

/** A stream whose end waits for its turn is not one that nobody touches. */
export const judging = (judge: Judge, streams: Streams): MonoTypeOperatorFunction<Call> =>
  stage('judge', (call) => {
    try {
      judge(call.method, call.params)
      if (call.method === 'stream.finish') {
        const { stream } = call.params as StreamFinishRequest
        call.whenSettled(streams.hold(stream))
      }
      return true
    } catch (error) {
      return call.fail(error)
    }
  })
