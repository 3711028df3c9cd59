/** Why a module could not be loaded, in the words and lines of its author. */
import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import { LoadError } from './usage-error.js'

/** Lines of a stack that are Node's or ours. */
const foreignFrame =
  /^\s+at .*(?:node:internal|\/dist\/(?:chunks\/[\w-]+|cli|index|typescript-hooks)\.js)/

export const loadError = (error: unknown, file: string, path: string): LoadError =>
  new LoadError(`${path} could not be loaded.\n${explain(error, file)}`)

const explain = (error: unknown, file: string): string => {
  if (!(error instanceof Error)) return `It threw ${inspect(error)}`
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND') return error.message + installHint(error.message)
  const isUnplaced =
    error instanceof SyntaxError && !error.message.includes('\n') && !hasPlace(error)
  const told = isUnplaced ? syntaxPlace(file, error) : inspect(error)
  return told
    .split('\n')
    .filter((line) => !foreignFrame.test(line))
    .join('\n')
    .replaceAll('[stack]: ', '')
    .trimEnd()
}

const installHint = (message: string): string => {
  const [, name] = /^Cannot find package '([^']+)'/.exec(message) ?? []
  return name === undefined ? '' : `\nInstall it: npm install ${name}`
}

/** Node tells where only for some syntax errors: `file:///…:3` in the first line. */
const hasPlace = ({ stack = '' }: Error): boolean => !stack.startsWith('SyntaxError')

/** Asks Node for the place. It looks at this one file, and the mistake may be in one that it imports. */
const syntaxPlace = (file: string, error: Error): string => {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', env: {} })
  const [place] = stderr.split(/\n\s+at |\n\nNode\.js /)
  return place?.includes('SyntaxError') === true
    ? place
    : `SyntaxError: ${error.message}, here or in a module that it imports`
}
