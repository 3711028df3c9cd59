/** `sidestream engines install ENGINE`: with a bar, and to be interrupted and run again at will. */

import { exitCodes } from '../engine/lifecycle.js'
import { isRpcError } from '../protocol/rpc-error.js'
import { isPythonEngine, sourcesOf } from '../speech/setup/catalog.js'
import { type Installed, install } from '../speech/setup/install.js'
import { installCommand } from '../speech/setup/installed.js'
import { userPlaces } from '../speech/setup/places.js'
import { findSherpa, sherpaCommand } from '../speech/setup/sherpa-package.js'
import { readArguments } from './arguments.js'
import { displayOn, quietDisplay } from './display.js'
import { engineNamed } from './engine-named.js'
import { noLicence } from './engines-list.js'
import { UsageError } from './usage-error.js'
import { type Signal, signalNumbers } from './with-engine.js'

const kinds = { model: 'list', python: 'text', json: 'flag' } as const

export const installEngine = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const [name] = positionals
  if (name === undefined)
    throw new UsageError('Which engine? Such as: sidestream engines install faster-whisper')
  const engine = engineNamed(name)
  if (!isPythonEngine(engine)) return installSherpa()
  const { stderr, stdout } = process
  for (const model of options.model ?? []) {
    const source = sourcesOf(engine).find((it) => it.name === model)
    if (source !== undefined && source.licence === undefined)
      stderr.write(
        `${model}: ${noLicence} by whoever published it. Whether you may use it is for you to find out.\n`,
      )
  }
  const isJson = options.json === true
  const display = isJson ? quietDisplay(stderr) : displayOn(stderr, engine)
  const interruption = new AbortController()
  let interruptedBy: Signal | undefined
  const interrupt = (signal: Signal): void => {
    interruptedBy ??= signal
    interruption.abort()
  }
  const signals = Object.keys(signalNumbers)
  for (const signal of signals) process.on(signal, interrupt)
  try {
    const installed = await install(engine, {
      signal: interruption.signal,
      ...(options.model && { models: options.model }),
      ...(options.python !== undefined && { python: options.python }),
      onProgress: (progress) => {
        if (isJson) stdout.write(`${JSON.stringify(progress)}\n`)
        else display.progress({ ratio: progress.done / progress.total, message: progress.message })
      },
    })
    display.end()
    stdout.write(`${isJson ? JSON.stringify(installed) : installedText(installed)}\n`)
    return 0
  } catch (error) {
    display.end()
    if (interruptedBy === undefined || !isRpcError(error)) throw error
    const again = ['', ...(options.model ?? [])].join(' --model ')
    display.line(`Interrupted. To go on: ${installCommand(engine)}${again}`)
    return 128 + signalNumbers[interruptedBy]
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}

const installedText = ({ engine, version, isNew, models }: Installed): string => {
  const got = [
    ...(isNew ? [`${engine} ${version}`] : []),
    ...models.map((model) => `the model ${model}`),
  ]
  return got.length === 0
    ? `✓ ${engine} ${version} is installed already. To check it: npx sidestream engines doctor ${engine}`
    : `✓ Installed ${got.join(' and ')}`
}

/** It belongs in the user's own package, which is not ours to change. */
const installSherpa = (): number => {
  const found = findSherpa(userPlaces())
  if (found !== undefined) {
    process.stdout.write(`✓ sherpa-onnx ${found.version} is installed already: ${found.folder}\n`)
    return 0
  }
  process.stderr.write(`sherpa-onnx is a package of npm. To install it: ${sherpaCommand}\n`)
  return exitCodes.usage
}
