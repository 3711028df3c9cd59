/** The licences of the packages whose code a build holds: they ask to go along with it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param outputs - of bundler runs */
export const licences = (outputs) => {
  const ids = outputs.flat().flatMap(({ moduleIds = [] }) => moduleIds)
  const folders = new Set(
    ids.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
  )
  return [...folders].sort().map(textOf).join('\n')
}

const textOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((it) => /^licen[cs]e(\.\w+)?$/i.test(it))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
  return `${'='.repeat(80)}\n${name} ${version}, ${license}\n\n${text}\n`
}
