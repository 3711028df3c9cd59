/** The process that native code runs in: it can be killed, and when it aborts, nothing else does. Started by `decoder.ts`. */
import { writeSync } from 'node:fs'
import type { TranscribeRequest } from '../../models/transcribe-request.js'
import type { VadDetectRequest } from '../../models/vad.js'
import { internalError, isRpcError, rpcError } from '../../protocol/rpc-error.js'
import { addon } from './addon.js'
import type { Answer, Order } from './decoder-messages.js'
import { markLine } from './decoder-messages.js'
import { detectSpeech } from './detect-speech.js'
import { type LoadRequest, loadRecognizer, type Recognizer } from './recognizer.js'
import { transcribe } from './transcribe.js'
import type { Work } from './work.js'

const models = new Map<string, Recognizer>()
const running = new Map<number, AbortController>()
let marks = 0

const send = (answer: Answer): void => {
  process.send?.(answer)
}

/** Native code writes to the descriptor as well, so what stands before this line belongs to what was done before. */
const mark = (): void => {
  marks += 1
  writeSync(2, `${markLine}\n`)
}

const rssBytes = () => process.memoryUsage.rss()

const load = async (request: LoadRequest) => {
  models.delete(request.model) // two of them would not fit where one does
  const recognizer = await loadRecognizer(request)
  models.set(request.model, recognizer)
  const { computeType } = recognizer.files
  return { device: 'cpu', computeType, rssBytes: rssBytes(), languages: recognizer.languages }
}

const modelOf = (name: string): Recognizer => {
  const model = models.get(name)
  if (model !== undefined) return model
  throw rpcError('ModelNotFound', `The model ${name} is not loaded. Load it first.`, {
    model: name,
  })
}

const run = (order: Extract<Order, { kind: 'run' }>, work: Work): unknown => {
  const { method, params } = order
  switch (method) {
    case 'load':
      return load(params as LoadRequest)
    case 'transcribe': {
      const job = params as TranscribeRequest
      return transcribe(job, modelOf(job.model), work)
    }
    case 'detectSpeech':
      return detectSpeech(params as VadDetectRequest, work)
    case 'about': {
      const { version, onnxruntimeVersion } = addon()
      return {
        versions: {
          'sherpa-onnx-node': version,
          ...(onnxruntimeVersion !== undefined && { onnxruntime: onnxruntimeVersion }),
        },
      }
    }
  }
}

process.on('message', async (order: Order) => {
  if (order.kind === 'cancel') return running.get(order.id)?.abort()
  const { id } = order
  const controller = new AbortController()
  running.set(id, controller)
  try {
    const tell = (value: object) => send({ kind: 'progress', id, value })
    const value = await run(order, { tell, signal: controller.signal, mark })
    mark()
    send({ kind: 'result', id, marks, value })
  } catch (thrown) {
    mark()
    const { kind, message, facts } = isRpcError(thrown) ? thrown : internalError(thrown)
    send({ kind: 'failure', id, marks, error: { kind, message, facts } })
  } finally {
    running.delete(id)
  }
})

// Whoever started it is gone. Native code may be at work: it is not waited for.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}) // its parent ends it, after the job
