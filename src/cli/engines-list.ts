/** `sidestream engines list`: what is installed, and how to get what is not. */
import type { FoundModel } from '../speech/backend.js'
import { installCommand } from '../speech/setup/installed.js'
import { type EngineListing, listEngines } from '../speech/setup/list.js'
import { readArguments } from './arguments.js'
import { sizeText } from './size-text.js'
import { printable, type Style, styleOf } from './style.js'

export const list = async (args: readonly string[]): Promise<number> => {
  const { options } = readArguments(args, { json: 'flag' }, 0)
  const listings = await listEngines()
  const text =
    options.json === true
      ? JSON.stringify(listings)
      : listings.map((it) => listingText(it, styleOf(process.stdout))).join('\n\n')
  process.stdout.write(`${text}\n`)
  return 0
}

/** An engine, its models, and what it lacks: a line each. */
export const listingText = (listing: EngineListing, style: Style): string => {
  const { engine, state, version, licence, sizeBytes, models, offers, command } = listing
  const isThere = version !== undefined
  const paint = { installed: style.green, missing: style.dim }[state as string] ?? style.yellow
  const head = [
    style.bold(engine),
    paint(stateTexts[state]),
    ...(isThere ? [version] : []),
    `${isThere ? '' : 'will be '}${sizeText(sizeBytes)}`,
    licence,
  ]
  const lines = [
    ...models.map((model) => ['✓', model.model, ...factsOf(model)]),
    ...offers.map(({ model, sizeBytes, licence }) => [
      '·',
      model,
      sizeText(sizeBytes),
      licence ?? noLicence,
      ...(isThere ? [`${installCommand(engine)} --model ${model}`] : []),
    ]),
    ...(models.length + offers.length === 0 ? [['·', noModels(engine)]] : []),
  ]
  const width = Math.max(...lines.map(([, name = '']) => name.length))
  const told = lines.map(
    ([sign, name = '', ...facts]) =>
      `  ${sign === '✓' ? style.green('✓') : style.dim('·')} ${facts.length > 0 ? name.padEnd(width) : style.dim(name)}  ${style.dim(facts.join('  '))}`,
  )
  const help = command === undefined ? [] : [`  ${verbs[state]} ${command}`]
  return [head.join('  '), ...told, ...help].map((line) => line.trimEnd()).join('\n')
}

const stateTexts: Readonly<Record<EngineListing['state'], string>> = {
  installed: 'installed',
  outdated: 'to be updated',
  unfinished: 'not finished',
  broken: 'broken',
  missing: 'not installed',
}

const verbs: Readonly<Record<EngineListing['state'], string>> = {
  installed: '',
  outdated: 'To update it:',
  unfinished: 'To go on:',
  broken: 'To install it anew:',
  missing: 'To install it:',
}

export const noLicence = 'no licence declared'

const noModels = (engine: string): string =>
  `no models in the folder for those of ${engine}; the path of a folder works as well`

const factsOf = ({ sizeBytes = 0, languages, tasks, licence }: FoundModel): readonly string[] => [
  sizeText(sizeBytes),
  licence ?? 'licence unknown',
  ...(languages === undefined
    ? []
    : [languages.length > 5 ? `${languages.length} languages` : printable(languages.join(', '))]),
  ...(tasks?.length === 0 ? ['does not transcribe'] : []),
]
