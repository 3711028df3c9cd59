/** Segments as the content of a file. */

import type { Segment } from '../models/segment.js'
import type {
  OutputFormat,
  SubtitleShaping,
  SubtitlesRenderRequest,
  SubtitlesRenderResult,
} from '../models/subtitles.js'
import { cues } from './cues.js'
import { renderSrt } from './srt.js'
import { renderJson, renderLyrics, renderText, type TranscriptFacts } from './transcript.js'
import { renderVtt } from './vtt.js'

/** The method `subtitles.render`: as its handler, it is all that it takes. */
export const render = ({
  segments,
  format,
  shaping = {},
  wordTimes = false,
  ...facts
}: SubtitlesRenderRequest): SubtitlesRenderResult => ({
  text: contentOf(segments, format, { shaping, times: wordTimes ? 'words' : 'none', facts }),
  format,
})

export interface ContentOptions {
  /** For subtitles and lyrics. */
  readonly shaping?: SubtitleShaping
  /** `words` puts the time of each word into WebVTT, where it is known. */
  readonly times?: 'words' | 'none'
  /** For JSON. */
  readonly facts?: TranscriptFacts
}

export const contentOf = (
  segments: readonly Segment[],
  format: OutputFormat,
  { shaping, times, facts }: ContentOptions = {},
): string => {
  switch (format) {
    case 'srt':
      return renderSrt(cues(segments, shaping))
    case 'vtt':
      return renderVtt(cues(segments, shaping), times)
    case 'lrc':
      return renderLyrics(cues(segments, shaping))
    case 'json':
      return renderJson(segments, facts)
    case 'text':
      return renderText(segments)
  }
}
