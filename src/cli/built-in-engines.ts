/** Engines that are named instead of given by a path: each file of `src/speech/engines` is one. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Of the source; in the build they lie beside this. */
const sourceFolder = '../speech/engines'

const place = () => {
  const { fileURLToPath } = process.getBuiltinModule('node:url') // seldom needed
  const here = fileURLToPath(import.meta.url)
  return here.endsWith('.ts')
    ? { folder: join(dirname(here), sourceFolder), prefix: '', extension: '.ts' }
    : { folder: dirname(here), prefix: 'built-in-', extension: '.cjs' }
}

/** @returns undefined unless an engine of this name is built in; a path always has a slash or a dot */
export const builtInEngine = (name: string): string | undefined => {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined
  const { folder, prefix, extension } = place()
  const file = join(folder, `${prefix}${name}${extension}`)
  return existsSync(file) ? file : undefined
}

export const builtInNames = (): readonly string[] => {
  const { folder, prefix, extension } = place()
  return readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith(extension))
    .map((file) => file.slice(prefix.length, -extension.length))
}
