/** What an engine does with speech, each for one call. */
import { from, mergeMap, type Observable } from 'rxjs'
import type { Context } from '../../pipelines/call.js'
import type { TranscribeProgress } from '../models/transcribe-progress.js'
import type { DetectLanguageRequest, TranscribeRequest } from '../models/transcribe-request.js'
import type { DetectLanguageResult, TranscribeResult } from '../models/transcribe-result.js'
import type { VadDetectRequest, VadDetectResult } from '../models/vad.js'
import type { Clock } from '../ports/clock.js'
import { foundAudio } from './audio-file.js'
import type { SpeechBackend } from './backend.js'
import { checkModel } from './checks.js'
import type { Use } from './held-model.js'
import type { Models } from './models.js'
import { Transcript } from './transcript.js'

export class Jobs {
  private readonly engine: string
  private readonly backend: SpeechBackend
  private readonly models: Models
  private readonly clock: Clock

  constructor(engine: string, backend: SpeechBackend, models: Models, clock: Clock) {
    this.engine = engine
    this.backend = backend
    this.models = models
    this.clock = clock
  }

  transcribe(
    request: TranscribeRequest,
    context: Context,
  ): Observable<TranscribeProgress | TranscribeResult> {
    const { clock } = this
    const queueMs = Math.round(clock.now() - context.receivedAt)
    const { emit, guards, outputs, shaping, ...job } = request
    const transcript = new Transcript(request)
    const decode = ({ loaded, loadMs }: Use) => {
      const startedAt = clock.now()
      const facts = () => ({
        engine: this.engine,
        model: request.model,
        device: loaded.device,
        computeType: loaded.computeType,
        timings: {
          queueMs,
          loadMs: Math.round(loadMs),
          decodeMs: Math.round(clock.now() - startedAt),
        },
      })
      return this.backend
        .transcribe({ ...job, audio: foundAudio(request.audio) }, context)
        .pipe(
          mergeMap((heard) =>
            heard.kind === 'done' ? transcript.end(heard, facts()) : transcript.take(heard),
          ),
        )
    }
    return this.models.using(
      request.model,
      context,
      (found) => checkModel(found, request, this.backend),
      decode,
    )
  }

  detectLanguage(
    { model, audio, clip }: DetectLanguageRequest,
    context: Context,
  ): Observable<DetectLanguageResult> {
    return this.models.using(
      model,
      context,
      () => {},
      () =>
        from(
          this.backend
            .detectLanguage(model, foundAudio(audio), clip, context)
            .then((detected) => ({ ...detected, engine: this.engine, model })),
        ),
    )
  }

  detectSpeech(request: VadDetectRequest, context: Context): Promise<VadDetectResult> {
    const audio = foundAudio(request.audio)
    return this.backend.detectSpeech({ ...request, audio }, context)
  }
}
