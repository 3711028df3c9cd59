/** All models as JSON Schema, for programs in other languages: to check messages, and to generate types. */
import type * as t from 'io-ts'
import { type JsonSchema, toJsonSchema } from '../protocol/json-schema.js'
import { AudioFile, AudioInput, Clip, EncodedAudio, PcmAudio, Span } from './audio.js'
import { EngineHealth, HealthCheckResult, HealthStatus } from './engine-health.js'
import { EngineInfo, EngineMethod, SpeechCapabilities } from './engine-info.js'
import { EngineState, EngineStatus } from './engine-status.js'
import { ErrorData, InvalidParamsData, ParamProblem } from './error-data.js'
import {
  CounterMetric,
  GaugeMetric,
  HistogramMetric,
  HistogramPoint,
  MetricPoint,
  MetricsSnapshot,
} from './metrics-snapshot.js'
import {
  ModelInfo,
  ModelListResult,
  ModelLoadRequest,
  ModelLoadResult,
  ModelUnloadRequest,
  ModelUnloadResult,
} from './model-info.js'
import { Segment, Word } from './segment.js'
import {
  PcmChunk,
  StreamCloseRequest,
  StreamFinishRequest,
  StreamOpenRequest,
  StreamOpenResult,
  StreamPushRequest,
} from './stream.js'
import {
  OutputFormat,
  SubtitleShaping,
  SubtitlesRenderRequest,
  SubtitlesRenderResult,
} from './subtitles.js'
import {
  TranscribeAdvanced,
  TranscribePartial,
  TranscribeProgress,
  TranscribeSegment,
  TranscribeStarted,
} from './transcribe-progress.js'
import { DetectLanguageRequest, TranscribeRequest } from './transcribe-request.js'
import {
  DetectLanguageResult,
  LanguageCandidate,
  TranscribeOutputs,
  TranscribeResult,
  TranscribeTimings,
  TranscribeWarning,
} from './transcribe-result.js'
import { VadDetectRequest, VadDetectResult, VadOptions } from './vad.js'
import { modelsVersion } from './version.js'

/** All models by name, in the order of the reference page and under its headings. */
export const families: Readonly<Record<string, Readonly<Record<string, t.Mixed>>>> = {
  Engines: {
    EngineMethod,
    SpeechCapabilities,
    EngineInfo,
    EngineState,
    EngineStatus,
    HealthStatus,
    HealthCheckResult,
    EngineHealth,
  },
  Metrics: {
    MetricPoint,
    HistogramPoint,
    CounterMetric,
    GaugeMetric,
    HistogramMetric,
    MetricsSnapshot,
  },
  Errors: { ErrorData, ParamProblem, InvalidParamsData },
  Audio: { AudioFile, EncodedAudio, PcmAudio, AudioInput, Span, Clip },
  'Voice activity': { VadOptions, VadDetectRequest, VadDetectResult },
  Transcription: {
    TranscribeRequest,
    DetectLanguageRequest,
    Word,
    Segment,
    TranscribeStarted,
    TranscribeAdvanced,
    TranscribeSegment,
    TranscribePartial,
    TranscribeProgress,
    TranscribeTimings,
    TranscribeWarning,
    TranscribeOutputs,
    TranscribeResult,
    LanguageCandidate,
    DetectLanguageResult,
  },
  Streams: {
    StreamOpenRequest,
    StreamOpenResult,
    PcmChunk,
    StreamPushRequest,
    StreamFinishRequest,
    StreamCloseRequest,
  },
  Subtitles: { OutputFormat, SubtitleShaping, SubtitlesRenderRequest, SubtitlesRenderResult },
  Models: {
    ModelInfo,
    ModelListResult,
    ModelLoadRequest,
    ModelLoadResult,
    ModelUnloadRequest,
    ModelUnloadResult,
  },
}

/**
 * The JSON Schema (draft 7) of every model, by its name. Each holds what it needs; its `$id` is
 * `sidestream:models/VERSION/NAME`. A schema cannot say that one member must not be above another: see its description.
 */
export const modelSchemas = (): Readonly<Record<string, JsonSchema>> => {
  const models = Object.values(families).flatMap((family) => Object.entries(family))
  return Object.fromEntries(
    models.map(([name, codec]) => [
      name,
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: `sidestream:models/${modelsVersion}/${name}`,
        ...toJsonSchema(codec),
        title: name,
      },
    ]),
  )
}
