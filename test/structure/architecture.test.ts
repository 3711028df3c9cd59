import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('architecture')
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Who may import whom, types included. ARCHITECTURE.md shows the same. */
const core = ['protocol', 'ports', 'pipelines', 'engine', 'host'] // each may import those before it
const adapters = [
  'transport',
  'platform',
  'logging',
  'telemetry',
  'config',
  'models',
  'subtitles',
  'bridge',
  'cluster',
]
const allowed: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(core.map((name, index) => [name, core.slice(0, index)])),
  ...Object.fromEntries(adapters.map((name) => [name, ['protocol', 'ports']])),
  logging: ['protocol', 'ports', 'platform'], // folders for log files
  config: ['protocol', 'ports', 'models'], // what can be set of any engine is a model
  subtitles: ['protocol', 'models'], // made of what engines tell; no port, as it does nothing
  speech: [...core.slice(0, 4), 'models', 'subtitles', 'bridge'], // engines, as users write them
  testing: core,
  cli: [...core, ...adapters],
  // The entries of subpaths put the real parts together, as the command does.
  'src/index.ts': [...core, 'cli'],
  'src/host/index.ts': [...core, 'transport', 'platform'],
  'telemetry/index.ts': [...core, 'telemetry', 'logging'],
}
/** Imported by anybody. */
const common = ['src/version.ts']

const partOf = (file: string): string =>
  common.includes(file) ? file : (file.replace(/^src\//, '').split('/')[0] as string)

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g),
  ].map(([, path]) => normalize(join(dirname(file), path as string)).replace(/\.js$/, '.ts'))

const files = ['src', 'pipelines', 'telemetry'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => /\.[jt]s$/.test(file)),
)

test('imports go one way', () => {
  const wrong = files.flatMap((file) => {
    const from = file in allowed ? file : partOf(file)
    const fitting = [...(allowed[from] ?? []), ...common, from]
    return importsOf(file)
      .filter((imported) => !fitting.includes(partOf(imported)))
      .map((imported) => `${file} imports ${imported}`)
  })
  assert.equal(wrong, [])
  assert.ok(files.length > 50 && files.flatMap(importsOf).length > 200)
})

test.run()
