/** Who an engine is, as `engine.describe` answers. */
import * as t from 'io-ts'
import { described, dictionary, flag, list, oneOf, text, whole } from './members.js'
import { openObject } from './objects.js'
import { OutputFormat } from './subtitles.js'
import { task } from './transcribe-request.js'

export const EngineMethod = openObject(
  'EngineMethod',
  'A method of the engine.',
  { name: text('Name that it is called by.') },
  {
    description: text('What it does.'),
    idempotent: flag('Whether calling it twice does no harm.', { default: false }),
  },
)
export type EngineMethod = t.TypeOf<typeof EngineMethod>

export const SpeechCapabilities = openObject(
  'SpeechCapabilities',
  'What a speech engine can do. What is left out, it cannot.',
  {},
  {
    tasks: list(task, 'What it can do with speech.'),
    languages: described(
      t.union([t.literal('any'), t.readonlyArray(t.string)]),
      'Codes of the languages that it knows, or `any`.',
    ),
    languageDetection: flag('Whether `language` may be left out.'),
    wordTimestamps: flag('Whether segments may have `words`.'),
    wordProbabilities: flag('Whether words have a `probability`.'),
    streaming: flag('Whether it has `stream.open` and what belongs to it.'),
    vad: flag('Whether it can find speech.'),
    hotwords: flag('Whether it takes `hotwords`.'),
    initialPrompt: flag('Whether it takes an `initialPrompt`.'),
    diarization: flag('Whether it tells speakers apart.'),
    outputFormats: list(OutputFormat, 'Formats for `outputs`.'),
    audioInputs: list(oneOf(['path', 'base64', 'pcm16Base64'], 'A kind.'), 'Kinds of audio.'),
    devices: list(text('A device.'), 'Where models may run, such as `cpu` and `cuda`.'),
    computeTypes: list(text('A type.'), 'Types of numbers for models, such as `int8`.'),
    maxConcurrentJobs: whole('Transcriptions that may run at once.', { minimum: 1 }),
  },
)
export type SpeechCapabilities = t.TypeOf<typeof SpeechCapabilities>

export const EngineInfo = openObject(
  'EngineInfo',
  'What `engine.describe` answers.',
  {
    protocolVersion: whole('Version of the protocol that it speaks.', { minimum: 1 }),
    engine: openObject(
      'EngineName',
      'The engine itself.',
      { name: text('Its name.'), version: text('Its version.') },
      { description: text('What it is for.') },
    ),
    limits: dictionary(whole('A limit.'), 'Limits of messages, by name; sizes are in bytes.'),
    methods: list(EngineMethod, 'Its methods.'),
  },
  {
    runtime: openObject(
      'EngineRuntime',
      'What runs the engine.',
      { name: text('Its name.'), version: text('Its version.') },
      { node: text('Version of Node.') },
    ),
    notifications: list(text('A name.'), 'Notifications that it takes.'),
    builtins: list(text('A name.'), 'Methods that every engine of this runtime has.'),
    capabilities: SpeechCapabilities,
  },
)
export type EngineInfo = t.TypeOf<typeof EngineInfo>
