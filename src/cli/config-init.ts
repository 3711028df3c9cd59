/** `sidestream config init [FILE]`: writes a config file to begin with, and its schema. */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { Node } from '../config/schema.js'
import { readArguments } from './arguments.js'
import { configSchema } from './config-schema.js'
import { configFileNames } from './config-sources.js'
import { configTemplate } from './config-template.js'
import { type Answer, commandSubject, type Load } from './config-view.js'
import { UsageError } from './usage-error.js'

const schemaName = 'sidestream.config.schema.json'

export const init = async (args: readonly string[], load: Load): Promise<Answer> => {
  const { positionals, options } = readArguments(args, { engine: 'text' }, 1)
  const [file = configFileNames[0]] = positionals
  const { schema } = commandSubject(await load(options.engine))
  return { text: initFiles(file, schema, options.engine) }
}

/** What cannot be written; the message says why. */
export class WriteError extends Error {
  override readonly name = 'WriteError'
}

/**
 * Writes both files, and nothing over what is there. A schema that is the same is kept.
 *
 * @param engine - path of the engine that the schema is of, if it is of one
 * @returns what to say
 * @throws UsageError, or {@link WriteError}: then neither file was added
 */
export const initFiles = (file: string, schema: Node, engine?: string): string => {
  const folder = dirname(resolve(file))
  const schemaFile = join(dirname(file), schemaName)
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${dirname(file)}`)
  const content = contentOf(file, schema)
  refuseSecond(file, folder)
  if (existsSync(file)) throw new UsageError(`${file} is there already, and stays as it is`)
  const pretty = `${JSON.stringify(configSchema(schema), null, 2)}\n`
  const hasSchema = existsSync(schemaFile)
  if (hasSchema && !holds(schemaFile, pretty)) throw otherSchema(schemaFile, engine)
  writeAll([...(hasSchema ? [] : [[schemaFile, pretty] as const]), [file, content]])
  const files = hasSchema
    ? `${file}, for editors there is ${schemaFile} already`
    : `${file}, and for editors ${schemaFile}`
  return `Written: ${files}\nTo check it: sidestream config check ${file}`
}

const holds = (path: string, content: string): boolean => {
  try {
    return readFileSync(path, 'utf8') === content
  } catch {
    return false // a folder, or not for us to read
  }
}

const otherSchema = (path: string, engine: string | undefined): UsageError => {
  const ofEngine = engine === undefined ? '' : ` --engine ${engine}`
  return new UsageError(
    `${path} is there already, with other content, and stays as it is. To replace it: sidestream config schema${ofEngine} > ${path}`,
  )
}

/** All of them or none: what was begun is taken away again. */
const writeAll = (files: readonly (readonly [path: string, content: string])[]): void => {
  const begun: string[] = []
  try {
    for (const [path, content] of files) {
      const opened = openSync(path, 'wx')
      begun.push(path)
      try {
        writeFileSync(opened, content)
      } finally {
        closeSync(opened)
      }
    }
  } catch (error) {
    for (const path of begun) rmSync(path, { force: true })
    throw new WriteError((error as Error).message)
  }
}

const contentOf = (file: string, schema: Node): string => {
  switch (extname(file)) {
    case '.yaml':
    case '.yml':
      return configTemplate(schema, schemaName)
    case '.json': // has no comments
      return `${JSON.stringify({ $schema: `./${schemaName}` }, null, 2)}\n`
    default:
      throw new UsageError(`${file}: the name of a config file ends with .yaml or .json`)
  }
}

/** Of two files that would be found, none is taken. */
const refuseSecond = (file: string, folder: string): void => {
  const names: readonly string[] = configFileNames
  if (!names.includes(basename(file))) return
  const other = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  if (other !== undefined) {
    throw new UsageError(
      `${other} is there already, and stays as it is. To check it: sidestream config check`,
    )
  }
}
