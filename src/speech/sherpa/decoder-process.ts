/** The process that native code runs in: it can be killed, and when it aborts, nothing else does. Started by `decoder-run.ts`. */
import { rmSync, writeSync } from 'node:fs'
import { internalError, isRpcError, rpcError } from '../../protocol/rpc-error.js'
import { type Answer, markLine, type Order, type Task } from './decoder-messages.js'
import { detectLanguage } from './detect-language.js'
import { detectSpeech } from './detect-speech.js'
import { type LoadRequest, loadRecognizer, type Recognizer } from './recognizer.js'
import { transcribe } from './transcribe.js'
import type { Work } from './work.js'

/** For files of its own. Whoever started it removes it, too. */
const folder = process.argv[2] as string
const models = new Map<string, Recognizer>()
let running: AbortController | undefined
let marks = 0

const send = (answer: Answer): void => {
  process.send?.(answer)
}

/** Native code writes to the descriptor as well, so what stands before this line belongs to what was done before. */
const mark = (): void => {
  marks += 1
  writeSync(2, `${markLine}\n`)
}

const load = async (request: LoadRequest) => {
  models.delete(request.model) // two of them would not fit where one does
  const recognizer = await loadRecognizer(request)
  models.set(request.model, recognizer)
  const { computeType } = recognizer.files
  return { device: 'cpu', computeType, rssBytes: process.memoryUsage.rss() }
}

const modelOf = (name: string): Recognizer => {
  const model = models.get(name)
  if (model !== undefined) return model
  throw rpcError('ModelNotFound', `The model ${name} is not loaded. Load it first.`, {
    model: name,
  })
}

const run = ({ method, params }: Task, work: Work): unknown => {
  switch (method) {
    case 'load':
      return load(params)
    case 'transcribe':
      return transcribe(params, modelOf(params.model), work)
    case 'detectLanguage':
      return detectLanguage(params.model, modelOf(params.model))
    case 'detectSpeech':
      return detectSpeech(params, work)
  }
}

process.on('message', async (order: Order) => {
  if (order.kind === 'cancel') return running?.abort()
  running = new AbortController()
  const { signal } = running
  try {
    const tell = (value: object) => send({ kind: 'progress', value })
    const value = await run(order.task, { tell, signal, mark, folder })
    mark()
    send({ kind: 'result', marks, value })
  } catch (thrown) {
    mark()
    const { kind, message, facts } = isRpcError(thrown) ? thrown : internalError(thrown)
    send({ kind: 'failure', marks, error: { kind, message, facts } })
  }
})

// Whoever started it is gone. Native code may be at work: it is not waited for.
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}) // its parent ends it, after the job
