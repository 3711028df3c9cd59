/** Takes indentation and comments out of a file of the build: V8 keeps its whole text on the heap, and what a start does not put there spares it a garbage collection. Lines stay, so traces are as readable as before. */
import { parseSync } from 'rolldown/utils'

/** @returns the code and its source map, which counts columns */
export const lean = (code, map) => {
  const kept = templatesOf(code)
  let offset = 0
  const cuts = []
  const lines = code.split('\n').map((line) => {
    const start = offset
    offset += line.length + 1
    const isText = kept.some(([from, to]) => from < start && start <= to)
    const short = isText ? line : line.replace(/^\t+/, '').replace(/^\/\/ .*/, '')
    cuts.push(line.length - short.length)
    return short
  })
  return { code: lines.join('\n'), map: { ...map, mappings: shifted(map.mappings, cuts) } }
}

/** Where texts stand that may go over lines. */
const templatesOf = (code) => {
  const found = []
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return
    if (node.type === 'TemplateElement') found.push([node.start, node.end])
    for (const value of Object.values(node)) visit(value)
  }
  visit(parseSync('core.cjs', code).program)
  return found
}

/** The first segment of a line tells its column, the others how far they are from the one before. */
const shifted = (mappings, cuts) =>
  mappings
    .split(';')
    .map((line, index) =>
      line.replace(/^[^,]+/, (segment) => {
        const [column, length] = firstNumber(segment)
        return vlq(Math.max(0, column - cuts[index])) + segment.slice(length)
      }),
    )
    .join(';')

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** @returns the first number of a segment, and in how many digits it stands */
const firstNumber = (segment) => {
  let value = 0
  for (let index = 0; ; index += 1) {
    const digit = digits.indexOf(segment[index])
    value += (digit & 31) << (5 * index)
    if ((digit & 32) === 0) return [value >> 1, index + 1]
  }
}

const vlq = (number) => {
  let text = ''
  for (let rest = number << 1; ; ) {
    const digit = rest & 31
    rest >>= 5
    text += digits[rest > 0 ? digit | 32 : digit]
    if (rest === 0) return text
  }
}
