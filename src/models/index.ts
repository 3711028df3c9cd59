/** Codecs that engines and hosts share: what they tell of themselves, and speech. Types and JSON Schemas come from them. */

export type { JsonSchema } from '../protocol/json-schema.js'
export { AudioFile, AudioInput, Clip, EncodedAudio, PcmAudio, Span } from './audio.js'
export { EngineHealth, HealthCheckResult, HealthStatus } from './engine-health.js'
export { EngineInfo, EngineMethod, SpeechCapabilities } from './engine-info.js'
export { EngineState, EngineStatus } from './engine-status.js'
export { ErrorData, InvalidParamsData, ParamProblem } from './error-data.js'
export {
  CounterMetric,
  GaugeMetric,
  HistogramMetric,
  HistogramPoint,
  MetricPoint,
  MetricsSnapshot,
} from './metrics-snapshot.js'
export {
  ModelInfo,
  ModelListResult,
  ModelLoadRequest,
  ModelLoadResult,
  ModelUnloadRequest,
  ModelUnloadResult,
} from './model-info.js'
export { RuntimeConfig } from './runtime-config.js'
export { modelSchemas } from './schemas.js'
export { Segment, Word } from './segment.js'
export {
  PcmChunk,
  StreamCloseRequest,
  StreamFinishRequest,
  StreamOpenRequest,
  StreamOpenResult,
  StreamPushRequest,
} from './stream.js'
export {
  OutputFormat,
  SubtitleShaping,
  SubtitlesRenderRequest,
  SubtitlesRenderResult,
} from './subtitles.js'
export {
  TranscribeAdvanced,
  TranscribePartial,
  TranscribeProgress,
  TranscribeSegment,
  TranscribeStarted,
} from './transcribe-progress.js'
export { DetectLanguageRequest, TranscribeRequest } from './transcribe-request.js'
export {
  DetectLanguageResult,
  LanguageCandidate,
  TranscribeOutputs,
  TranscribeResult,
  TranscribeTimings,
  TranscribeWarning,
} from './transcribe-result.js'
export { VadDetectRequest, VadDetectResult, VadOptions } from './vad.js'
export { modelsVersion } from './version.js'
