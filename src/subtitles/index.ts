/** Subtitles: from segments to cues, cues as files, files as cues, and guards against what models make up. */
export type { Cue } from './cue.js'
export { cues } from './cues.js'
export { type Guarded, type Guarding, type GuardSettings, guard } from './guards.js'
export { type ParseProblem, parseSrt, parseVtt, type Tags } from './parse.js'
export { render } from './render.js'
export { renderSrt } from './srt.js'
export { renderJson, renderLyrics, renderText, type TranscriptFacts } from './transcript.js'
export { renderVtt } from './vtt.js'
