/** A speech engine for tests of the command: a recording is a JSON file that says what is heard in it, and what goes wrong. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { concat, NEVER, of } from 'rxjs'
import { engine, method, rpcError, t } from 'sidestream'
import {
  ModelListResult,
  TranscribeProgress,
  TranscribeRequest,
  TranscribeResult,
} from 'sidestream/models'

/** Not again when its file is asked for once more. */
const once = (marker, act) => {
  if (existsSync(marker)) return
  writeFileSync(marker, '')
  act()
}

const models = [
  { model: 'tiny.en', state: 'available', languages: ['en'], sizeBytes: 78 },
  { model: 'base', state: 'available', languages: ['de', 'en'], sizeBytes: 148 },
  { model: 'small', state: 'available', languages: ['de', 'en'], sizeBytes: 100 },
]

const told = ({ duration, segments }) => [
  { kind: 'started', seq: 0, duration },
  ...segments.flatMap((segment, id) => [
    { kind: 'segment', seq: 2 * id + 1, segment: { id, ...segment } },
    {
      ...{ kind: 'progress', seq: 2 * id + 2, processed: segment.end, duration },
      ratio: segment.end / duration,
    },
  ]),
]

const srt = 'Hello, world.'
const resultOf = ({ duration, segments, warnings = [] }, { model, outputs, language = 'en' }) => ({
  ...(outputs && { outputs: { srt } }),
  text: segments.map(({ text }) => text).join(' '),
  ...(segments.length === 0 && { emptyReason: 'no_speech' }),
  segments: segments.map((segment, id) => ({ id, ...segment })),
  ...{ language, duration, model, warnings, timestampSource: 'model' },
  ...{ engine: 'listener', device: 'cpu', computeType: 'int8' },
  timings: { queueMs: 0, loadMs: 0, decodeMs: 10, rtf: 0.001 },
})

export default engine({
  name: 'listener',
  version: '1.0.0',
  methods: {
    'models.list': method({
      result: ModelListResult,
      handler: () => ({ models: process.env.LISTENER_HAS_NOTHING ? [] : models }),
    }),
    'transcription.transcribe': method({
      params: TranscribeRequest,
      progress: TranscribeProgress,
      result: t.union([TranscribeResult, t.strict({ nonsense: t.boolean })]),
      errors: { AudioInvalid: { code: -32013 } },
      handler: (request) => {
        const { path } = request.audio
        const recording = JSON.parse(readFileSync(path, 'utf8'))
        if (recording.asked) writeFileSync(recording.asked, JSON.stringify(request))
        if (recording.pid) writeFileSync(recording.pid, String(process.pid))
        switch (recording.does) {
          case 'wait':
            return concat(of(...told(recording)), NEVER)
          case 'die':
            return process.kill(process.pid, 'SIGKILL')
          case 'die once':
            once(`${path}.died`, () => process.kill(process.pid, 'SIGKILL'))
            break
          case 'fail':
            throw rpcError('AudioInvalid', 'It is no audio', { hint: 'Convert it first.' })
          case 'nonsense':
            return { nonsense: true }
        }
        return of(...told(recording), resultOf(recording, request))
      },
    }),
  },
})
