/** `sidestream config init [FILE]`: writes a config file to begin with, and its schema. */
import { existsSync, writeFileSync } from 'node:fs'
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
  return { text: initFiles(file, schema) }
}

/**
 * Writes both files, and nothing over what is there.
 *
 * @returns what to say
 * @throws UsageError
 */
export const initFiles = (file: string, schema: Node): string => {
  const folder = dirname(resolve(file))
  const schemaFile = join(dirname(file), schemaName)
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${dirname(file)}`)
  const content = contentOf(file, schema)
  refuseSecond(file, folder)
  for (const path of [file, schemaFile]) refuseExisting(path)
  const pretty = `${JSON.stringify(configSchema(schema), null, 2)}\n`
  writeFileSync(file, content, { flag: 'wx' })
  writeFileSync(schemaFile, pretty, { flag: 'wx' })
  return `Written: ${file}, and for editors ${schemaFile}\nTo check it: sidestream config check ${file}`
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

const refuseExisting = (path: string): void => {
  if (existsSync(path)) throw new UsageError(`${path} is there already, and stays as it is`)
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
