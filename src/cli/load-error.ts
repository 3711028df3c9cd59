/** Why a module could not be loaded, in the words and lines of its author. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { extensions } from './engine-file.js'
import { LoadError } from './usage-error.js'

export const loadError = (error: unknown, file: string, path: string): LoadError =>
  new LoadError(`${path} could not be loaded.\n${explain(error, file)}`)

const explain = (error: unknown, file: string): string => {
  if (!(error instanceof Error)) return `It threw ${inspect(error)}`
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND') return error.message + installHint(error.message)
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return stackOf(error) + typeScriptHint(error.message)
  if (error instanceof SyntaxError) return syntaxError(error, file)
  return stackOf(error)
}

const installHint = (message: string): string => {
  const [, name] = /^Cannot find package '([^']+)'/.exec(message) ?? []
  if (name !== undefined)
    return `\nInstall it: npm install ${name}. Paths of a tsconfig are not followed`
  const [, module = ''] = /^Cannot find module '([^']+)'/.exec(message) ?? []
  const found = extensions.find((extension) => existsSync(module + extension))
  if (found === undefined) return ''
  return `\nImports name whole files: write ${basename(module)}${found}`
}

const typeScriptHint = (message: string): string =>
  /"\.[cm]?ts"/.test(message)
    ? "\nLet the engine's own file be TypeScript: then its JavaScript may import TypeScript, too"
    : ''

const syntaxError = (error: SyntaxError, file: string): string => {
  const { message } = error
  if (message.includes('\n')) return `SyntaxError: ${message.trimEnd()}`
  const stack = stackOf(error)
  if (tellsPlace(stack)) return stack
  if (!isTypeScript(file)) return placed(message, file)
  return `SyntaxError: ${message}, here or in a module that it imports${decoratorHint(message)}`
}

/** Node puts the place of some before all else, `file:///…:3`; what a run found has it in its frames, `….js:3:1`. */
const tellsPlace = (stack: string): boolean =>
  !stack.startsWith('SyntaxError') || /^\s+at .*:\d+:\d+\)?$/m.test(stack)

const isTypeScript = (file: string): boolean => /ts$/.test(file)

const decoratorHint = (message: string): string =>
  message === 'Invalid or unexpected token'
    ? '\nIs it a decorator? Node knows none: compile the file before'
    : ''

/** Asks Node for the place. It looks at this one file, and the mistake may be in one that it imports. */
const placed = (message: string, file: string): string => {
  const type = file.endsWith('.cjs') ? 'commonjs' : 'module'
  // From stdin, as a file's own type would decide otherwise: without any, Node tells no place.
  const { stderr } = spawnSync(process.execPath, ['--check', `--input-type=${type}`, '-'], {
    encoding: 'utf8',
    env: {},
    input: readFileSync(file),
  })
  const [place = ''] = stderr.split(/\n\s+at |\n\nNode\.js /)
  return place.endsWith(`SyntaxError: ${message}`)
    ? place.replace('[stdin]', file)
    : `SyntaxError: ${message}, in a module that it imports`
}

const here = fileURLToPath(new URL('../..', import.meta.url))
const isForeign = (line: string): boolean =>
  /^\s+at /.test(line) &&
  (line.includes('node:internal') ||
    ['dist', 'src', 'pipelines'].some((folder) => line.includes(`${here}${folder}/`)))

/** Its stack and those of its causes, without the lines that are Node's or ours. */
const stackOf = (error: Error): string => {
  const lines = (error.stack ?? String(error)).split('\n').filter((line) => !isForeign(line))
  const { cause } = error
  const reason = cause instanceof Error ? [`Caused by: ${stackOf(cause)}`] : []
  return [...lines, ...reason].join('\n')
}
