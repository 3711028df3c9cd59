/** The engine that works for `sherpa-onnx`: it speaks the wire of children, and has its native code in a process of its own. */
import * as t from 'io-ts'
import { Observable } from 'rxjs'
import type { Context } from '../../../pipelines/call.js'
import { engine, method } from '../../engine/define.js'
import { DetectLanguageRequest, TranscribeRequest } from '../../models/transcribe-request.js'
import { VadDetectRequest } from '../../models/vad.js'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import { packageVersion } from '../../version.js'
import { Decoder, type DecoderJob } from './decoder.js'

const LoadParams = t.intersection([
  t.type({ model: t.string, path: t.string }),
  t.partial({ device: t.string, computeType: t.string, cpuThreads: t.number }),
])

const decoder = new Decoder()

/** What it tells meanwhile, and last the result. Unsubscribing cancels. */
const job = (context: Context, what: Pick<DecoderJob, 'method' | 'params' | 'model'>) =>
  new Observable<unknown>((listener) => {
    const controller = new AbortController()
    decoder
      .run({
        ...what,
        tell: (value) => listener.next(value),
        signal: controller.signal,
        log: context.log,
      })
      .then(
        (result) => {
          listener.next(result)
          listener.complete()
        },
        (error) => listener.error(error),
      )
    return () => controller.abort()
  })

const load = method({
  description: 'Takes a model into memory.',
  params: LoadParams,
  handler: async (request, { signal, log }) => {
    const { languages: _, ...loaded } = await decoder.load(request as never, signal, log)
    return loaded
  },
})

const unload = method({
  description: 'Gives its memory back.',
  params: t.type({ model: t.string }),
  handler: async ({ model }, { signal, log }) => ({
    rssBytes: await decoder.unload(model, signal, log),
  }),
})

const transcribe = method({
  description: 'Turns speech into text. Tells it segment by segment.',
  params: TranscribeRequest,
  handler: (params, context) => job(context, { method: 'transcribe', params, model: params.model }),
})

const detectLanguage = method({
  description: 'Tells the language of a model that knows but one.',
  params: DetectLanguageRequest,
  handler: ({ model }) => {
    const languages = decoder.languagesOf(model)
    if (languages?.length === 1) return { language: languages[0], languageProbability: 1 }
    throw noProbability(model)
  },
})

/** The native code tells a language and not how sure it is, so an answer would have to be made up. */
const noProbability = (model: string): RpcError =>
  rpcError(
    'UnsupportedOption',
    `sherpa-onnx does not tell how sure ${model} is of a language. Transcribe without a language: the result names it.`,
    { option: 'detectLanguage' },
  )

const detectSpeech = method({
  description: 'Finds speech.',
  params: VadDetectRequest,
  handler: (params, context) => job(context, { method: 'detectSpeech', params }),
})

const about = method({
  description: 'Versions of what it is made of.',
  handler: (_, context) => job(context, { method: 'about', params: {} }),
})

export default engine({
  name: 'sherpa-onnx-worker',
  version: packageVersion,
  limit: { concurrency: 1, queue: 1000 },
  methods: { load, unload, transcribe, detectLanguage, detectSpeech, about },
  onStop: () => decoder.end(),
})
