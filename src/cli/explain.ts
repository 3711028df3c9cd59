/** `sidestream explain [BLACKBOX]`: says why an engine ended. */
import { readArguments } from './arguments.js'
import { findBlackBox, readBlackBox } from './black-box-file.js'
import { explainText, explanation } from './explain-text.js'
import { styleOf, widthOf } from './style.js'

export const explain = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, { json: 'flag' }, 1)
  const file = findBlackBox(positionals[0])
  const { box, raw } = readBlackBox(file)
  const { stdout } = process
  stdout.on('error', () => {}) // `| head -1` has read enough
  const text =
    options.json === true
      ? JSON.stringify({ ...raw, explanation: explanation(box) })
      : `${explainText(box, styleOf(stdout), widthOf(stdout))}\n\n${file}`
  stdout.write(`${text}\n`)
  return 0
}
