/** Module hooks that take the types off TypeScript. What was transformed once is kept for the next start. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import type { transformSync } from 'oxc-transform'

interface Loaded {
  readonly format: 'module'
  readonly source: string
  readonly shortCircuit: true
}

/** Where a thread of its own finds these hooks. */
export const url = import.meta.url

/** What Node warns of, as it passes from thread to thread. */
export interface NodeWarning {
  readonly name: string
  readonly message: string
  readonly code?: string
}

/** In a thread of their own, Node's warnings would be text on stderr: they are told to the thread that has the log. */
export const initialize = ({ warnings }: { readonly warnings: MessagePort }): void => {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message, code }: NodeWarning) =>
    warnings.postMessage({ name, message, ...(code !== undefined && { code }) }),
  )
}

const isTypeScript = (url: string): boolean => /^file:.*\.[cm]?ts$/.test(url)

/** In TypeScript `./other.js` may stand for `./other.ts`. */
export const resolve = <R>(
  specifier: string,
  context: { readonly parentURL?: string | undefined },
  next: (specifier: string, context: object) => R,
): R => {
  const { parentURL } = context
  if (parentURL === undefined || !isTypeScript(parentURL) || !specifier.startsWith('.')) {
    return next(specifier, context)
  }
  const source = specifier.replace(/\.([cm]?)js$/, '.$1ts')
  const isMissing = !existsSync(new URL(specifier, parentURL))
  return next(isMissing && existsSync(new URL(source, parentURL)) ? source : specifier, context)
}

export const load = <R>(
  url: string,
  context: object,
  next: (url: string, context: object) => R,
): R | Loaded =>
  isTypeScript(url)
    ? { format: 'module', source: javascriptOf(fileURLToPath(url)), shortCircuit: true }
    : next(url, context)

const require = createRequire(import.meta.url)
const javascriptOf = (file: string): string => {
  const source = readFileSync(file, 'utf8')
  const { version } = require('oxc-transform/package.json') as { version: string }
  const key = createHash('sha256').update(`${version}\0${file}\0${source}`).digest('hex')
  try {
    return readFileSync(cachedFile(key), 'utf8')
  } catch {
    const code = transform(file, source)
    keep(key, code)
    return code
  }
}

/** @throws an error when this user has no home */
const cachedFile = (key: string): string => {
  const { XDG_CACHE_HOME = '' } = process.env
  const folder = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache')
  return join(folder, 'sidestream', 'typescript', `${key}.js`)
}

/** @throws SyntaxError with the place, when it is no TypeScript */
const transform = (file: string, source: string): string => {
  const oxc = require('oxc-transform') as { transformSync: typeof transformSync }
  const { code, map, errors } = oxc.transformSync(file, source, { sourcemap: true, lang: 'ts' })
  const [error] = errors
  if (error !== undefined)
    throw new SyntaxError(`${file}: ${error.message}\n${error.codeframe ?? ''}`)
  const inlined = Buffer.from(JSON.stringify(map)).toString('base64')
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${inlined}`
}

/** Level by level: Node 20's own `recursive` goes on for ever where a folder that is there says it is not, as in /proc. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder) || folder === dirname(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** Written aside and renamed, as two engines may start at once. Without a place to write, nothing is kept. */
const keep = (key: string, code: string): void => {
  let aside: string | undefined
  try {
    const file = cachedFile(key)
    makeFolder(dirname(file))
    aside = `${file}.${process.pid}`
    writeFileSync(aside, code)
    renameSync(aside, file)
  } catch {
    if (aside !== undefined) rmSync(aside, { force: true }) // what a full disk took of it
  }
}
