/** Whether a folder holds a model of an engine, and what that can do: by its files, without starting anything. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundModel } from '../backend.js'
import type { EngineName } from './catalog.js'
import { filesIn } from './folders.js'

type Skills = Pick<FoundModel, 'tasks' | 'languages'>
type Files = ReadonlyMap<string, number>

/** @returns undefined when it holds none */
export const modelIn = async (
  engine: EngineName,
  name: string,
  folder: string,
): Promise<FoundModel | undefined> => {
  const files = await filesIn(folder)
  const skills = await skillsBy[engine](name, folder, files)
  if (skills === undefined) return undefined
  const sizeBytes = [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
  return { model: name, path: folder, sizeBytes, ...skills }
}

const both = ['transcribe', 'translate'] as const
/** Models for English alone do not translate either. */
const english: Skills = { tasks: ['transcribe'], languages: ['en'] }
const isEnglish = (name: string): boolean => /\.en\b/.test(name)

/** CTranslate2 tells them apart by this, too. */
const multilingualWords = 51_865

const whisper = async (name: string, folder: string, files: Files): Promise<Skills | undefined> => {
  if (!files.has('model.bin') || !files.has('config.json')) return undefined
  if (isEnglish(name)) return english
  const words = await vocabularyIn(folder, files)
  if (words.length === 0) return { tasks: both }
  if (words.length < multilingualWords) return english
  return { tasks: both, languages: words.flatMap((word) => languageOf(word) ?? []) }
}

const vocabularyIn = async (folder: string, files: Files): Promise<readonly string[]> => {
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch(() => '')
  if (files.has('vocabulary.txt')) return (await read('vocabulary.txt')).trimEnd().split('\n')
  try {
    const words: unknown = JSON.parse(await read('vocabulary.json'))
    return Array.isArray(words) ? words.map(String) : []
  } catch {
    return [] // none, or half of one
  }
}

const languageOf = (word: string): string | undefined => /^<\|([a-z]{2,3})\|>$/.exec(word)?.[1]

const funasr = async (name: string, folder: string, files: Files): Promise<Skills | undefined> => {
  const weights = ['model.onnx', 'model_quant.onnx', 'model.pt']
  const described = ['config.yaml', 'configuration.json'].some((file) => files.has(file))
  if (!described || !weights.some((file) => files.has(file))) return undefined
  const config = await readFile(join(folder, 'config.yaml'), 'utf8').catch(() => '')
  const architecture = /^model: *([\w-]+)/m.exec(config)?.[1] ?? name
  if (/vad|punc|ct.?transformer/i.test(architecture)) return { tasks: [] }
  return { tasks: /whisper/i.test(architecture) ? both : ['transcribe'] }
}

const sherpa = async (name: string, folder: string, files: Files): Promise<Skills | undefined> => {
  const names = [...files.keys()]
  const has = (pattern: RegExp): boolean => names.some((file) => pattern.test(file))
  const tokens = names.find((file) => file.endsWith('tokens.txt'))
  if (tokens === undefined || !has(/\.onnx$/)) return undefined
  if (has(/joiner.*\.onnx$/)) return undefined // a transducer, which the engine does not load
  if (has(/encoder.*\.onnx$/) && has(/decoder.*\.onnx$/)) {
    const isParaformer = /paraformer/i.test(name) // one for streams, which is in two files as well
    if (isParaformer) return undefined
    return isEnglish(`${name} ${names.join(' ')}`) ? english : { tasks: both }
  }
  if (!has(/^model.*\.onnx$/)) return undefined
  const words = await readFile(join(folder, tokens), 'utf8').catch(() => '')
  const isSenseVoice = words.includes('<|yue|>') || /sense-?voice/i.test(name)
  return {
    tasks: ['transcribe'],
    ...(isSenseVoice && { languages: ['zh', 'en', 'ja', 'ko', 'yue'] }),
  }
}

const skillsBy = { 'faster-whisper': whisper, funasr, 'sherpa-onnx': sherpa }
