/** `sidestream engines remove ENGINE`: asks before, unless it is told not to. */
import { createInterface } from 'node:readline/promises'
import { isPythonEngine, sherpaPackage } from '../speech/setup/catalog.js'
import { removalsOf, remove } from '../speech/setup/remove.js'
import { readArguments } from './arguments.js'
import { engineNamed } from './engine-named.js'
import { sizeText } from './size-text.js'
import { UsageError } from './usage-error.js'

const kinds = { models: 'flag', yes: 'flag' } as const

export const removeEngine = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const [name] = positionals
  if (name === undefined)
    throw new UsageError('Which engine? Such as: sidestream engines remove faster-whisper')
  const engine = engineNamed(name)
  const { stdout, stderr, stdin } = process
  const removals = await removalsOf(engine, options.models === true)
  if (!isPythonEngine(engine))
    stderr.write(`sherpa-onnx is a package of npm. To remove it: npm uninstall ${sherpaPackage}\n`)
  if (removals.length === 0) {
    stdout.write(`There is nothing of ${engine} to remove.\n`)
    return 0
  }
  for (const { folder, sizeBytes } of removals) stderr.write(`${folder}  ${sizeText(sizeBytes)}\n`)
  if (options.yes !== true) {
    if (!stdin.isTTY || !stderr.isTTY)
      throw new UsageError('To remove these without being asked: --yes')
    const asked = createInterface({ input: stdin, output: stderr })
    const answer = await asked.question('Remove? [y/N] ').finally(() => asked.close())
    if (!/^y(?:es)?$/i.test(answer.trim())) return 0
  }
  await remove(engine, removals)
  const bytes = removals.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  stdout.write(`✓ Removed ${sizeText(bytes)}\n`)
  return 0
}
