/** What an engine does with speech, each for one call. */
import { from, mergeMap, type Observable } from 'rxjs'
import type { Context } from '../../pipelines/call.js'
import type { TranscribeProgress } from '../models/transcribe-progress.js'
import type { DetectLanguageRequest, TranscribeRequest } from '../models/transcribe-request.js'
import type { DetectLanguageResult, TranscribeResult } from '../models/transcribe-result.js'
import type { VadDetectRequest, VadDetectResult } from '../models/vad.js'
import { foundAudio } from './audio-file.js'
import type { SpeechBackend } from './backend.js'
import { clockOf, queueMsOf } from './call-clock.js'
import { checkModel } from './checks.js'
import type { Caller, Use } from './held-model.js'
import type { Models } from './models.js'
import { Transcript } from './transcript.js'

export const callerOf = (context: Context): Caller => ({
  clock: clockOf(context),
  signal: context.signal,
})

export class Jobs {
  private readonly engine: string
  private readonly backend: SpeechBackend
  private readonly models: Models

  constructor(engine: string, backend: SpeechBackend, models: Models) {
    this.engine = engine
    this.backend = backend
    this.models = models
  }

  transcribe(
    request: TranscribeRequest,
    context: Context,
  ): Observable<TranscribeProgress | TranscribeResult> {
    const queueMs = queueMsOf(context)
    const caller = callerOf(context)
    const { emit, outputs, shaping, ...job } = request
    const transcript = new Transcript(request)
    const decode = ({ loaded, loadMs }: Use) => {
      const startedAt = caller.clock.now()
      const facts = () => ({
        engine: this.engine,
        model: request.model,
        device: loaded.device,
        computeType: loaded.computeType,
        timings: {
          queueMs,
          loadMs: Math.round(loadMs),
          decodeMs: Math.round(caller.clock.now() - startedAt),
        },
      })
      return this.backend
        .transcribe({ ...job, audio: foundAudio(request.audio) }, caller.signal)
        .pipe(
          mergeMap((heard) =>
            heard.kind === 'done' ? transcript.end(heard, facts()) : transcript.take(heard),
          ),
        )
    }
    return this.models.using(
      request.model,
      caller,
      (found) => checkModel(found, request, this.backend),
      decode,
    )
  }

  detectLanguage(
    { model, audio, clip }: DetectLanguageRequest,
    context: Context,
  ): Observable<DetectLanguageResult> {
    const caller = callerOf(context)
    return this.models.using(
      model,
      caller,
      () => {},
      () =>
        from(
          this.backend
            .detectLanguage(model, foundAudio(audio), clip, caller.signal)
            .then((detected) => ({ ...detected, engine: this.engine, model })),
        ),
    )
  }

  detectSpeech(request: VadDetectRequest, context: Context): Promise<VadDetectResult> {
    const audio = foundAudio(request.audio)
    return this.backend.detectSpeech({ ...request, audio }, context.signal)
  }
}
