/**
 * Builds dist/: one bundler run for all entries and the command, so that they share one core; declarations by tsc.
 * The code is CommonJS in dist/cjs, which Node loads sooner, and from V8's code cache if it is the command's. Each
 * entry has two ES modules that name what it exports: one for Node, and one for bundlers, which must see an import.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { rolldown } from 'rolldown'
import { lean } from './lean.mjs'
import { licences } from './licences.mjs'

const require = createRequire(import.meta.url)
const tsc = 'node_modules/typescript/bin/tsc'

/** What an engine's start needs is one file, as each more would take it some 0.5 ms; what it does not is apart. */
const coreFolders =
  /\/(?:src\/(?:protocol|ports|engine|platform|logging)|pipelines|rxjs|io-ts|fp-ts|tslib)\//
const coreFiles =
  /\/src\/(?:version|cli\/(?:main|run|load-engine|serve|configured|config-sources|plain-config|flags-of|watched)|transport\/stdio)\.ts$/
const laterFiles =
  /platform\/(?:watcher|process-table|pid-files|text-files|folders)|engine\/open-rpc|protocol\/(?:json-schema|nearest)|logging\/(?:pretty-line|trace-file|file-\w+|rotation)/
/** Of RxJS, what hosts and streams of calls use, and an engine's start does not. */
const laterRxjs =
  /rxjs\/.*\/(?:share|tap|take|skipWhile|concatMap|switchMap|lastValueFrom|fromEvent|mapOneOrManyArgs|timer|Async\w+|async|Action|Scheduler|intervalProvider|dateTimestampProvider)\.js$/
const isCore = (id) =>
  id.includes('rolldown/runtime') ||
  ((coreFolders.test(id) || coreFiles.test(id)) && !laterFiles.test(id) && !laterRxjs.test(id))

/** The main bundle loads this when there is something to log. */
const logApart = {
  name: 'log-apart',
  resolveId: {
    filter: { id: /^\.\/log-output\.js$/ },
    handler: () => ({ id: './log-output.cjs', external: true }),
  },
}

rmSync('dist', { recursive: true, force: true })

const entries = {
  index: 'src/index.ts',
  pipelines: 'pipelines/index.ts',
  telemetry: 'telemetry/index.ts',
  host: 'src/host/index.ts',
  models: 'src/models/index.ts',
  subtitles: 'src/subtitles/index.ts',
  bridge: 'src/bridge/index.ts',
  testing: 'src/testing/index.ts',
}
/** Engines that have names. */
const engines = readdirSync('src/speech/engines').map((file) => [
  `built-in-${file.replace('.ts', '')}`,
  `src/speech/engines/${file}`,
])
const bundle = await rolldown({
  input: {
    ...entries,
    ...Object.fromEntries(engines),
    main: 'src/cli/main.ts',
    'typescript-hooks': 'src/cli/typescript-hooks.ts',
    'sherpa-decoder': 'src/speech/sherpa/decoder-process.ts',
  },
  platform: 'node',
  // The packages' ES modules: half the size, and what is not used falls away. Their CommonJS would double the start.
  resolve: {
    alias: {
      rxjs: require.resolve('rxjs').replace('dist/cjs/index.js', 'dist/esm/index.js'),
      'io-ts': require.resolve('io-ts').replace('lib/index.js', 'es6/index.js'),
      yaml: require.resolve('yaml').replace('dist/index.js', 'browser/dist/index.js'),
      'fp-ts/lib': require.resolve('fp-ts/lib/Either.js').replace('lib/Either.js', 'es6'),
    },
  },
  tsconfig: 'tsconfig.json', // its plain class fields: defining them would cost a tenth of a call
  external: [/^node:/, /^@opentelemetry\//, 'oxc-transform'],
  plugins: [logApart],
})
const { output } = await bundle.write({
  dir: 'dist/cjs',
  format: 'cjs',
  sourcemap: true,
  comments: { jsdoc: false, legal: true }, // they stand in the declarations and the source maps
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: { groups: [{ name: 'core', test: isCore }] },
})
await bundle.close()
// What runs out of V8's code cache cannot import. These packages are CommonJS: they are required, and as late.
for (const { fileName, dynamicImports = [] } of output) {
  if (!dynamicImports.some((id) => id.startsWith('@opentelemetry/'))) continue
  const file = `dist/cjs/${fileName}`
  const code = readFileSync(file, 'utf8').replace(
    /\bimport\(("@opentelemetry\/[^"]+")\)/g,
    'Promise.resolve().then(() => require($1))',
  )
  writeFileSync(file, code)
}
/**
 * What a file exports stands at its end and never changes, so it needs no getters: one object literal each for the
 * exports and for the namespace of io-ts. Made one by one, they alone would bring a start its first garbage collection.
 */
const pair = (name, value) => (name === value ? `\t${name}` : `\t${name}: ${value}`)
const plain = (code) => {
  const pairs = []
  const namespaces = []
  const body = code
    .replace(
      /^Object\.defineProperty\(exports, "([\w$]+)", \{\s*enumerable: true,\s*get: function\(\) \{\s*return ([\w$.]+);\s*\}\s*\}\);\n/gm,
      (_, name, value) => {
        pairs.push(pair(name, value))
        return ''
      },
    )
    .replace(/^exports\.([\w$]+) = ([\w$.]+);\n/gm, (_, name, value) => {
      pairs.push(pair(name, value))
      return ''
    })
    .replace(/^var (\w+) = .*__exportAll\((\{[^}]*\})\);\n/gm, (_, name, literal) => {
      namespaces.push(`const ${name} = ${literal.replaceAll('() => ', '')};\n`)
      return `${literal.replace(/[^\n]+/g, '')}\n` // the source map counts lines
    })
  return body.replace(
    /\n?(\/\/# sourceMappingURL=.*)?\n?$/,
    (end) => `\n${namespaces.join('')}module.exports = {\n${pairs.join(',\n')}\n};${end}`,
  )
}
// What writes the log, with pino's twenty files, is one file for itself: an engine may end without a line.
const log = await rolldown({
  input: { 'log-output': 'src/logging/log-output.ts' },
  platform: 'node',
  external: [/^node:/],
  tsconfig: 'tsconfig.json',
})
const { output: logOutput } = await log.write({
  dir: 'dist/cjs',
  format: 'cjs',
  sourcemap: true,
  comments: { jsdoc: false, legal: true },
  entryFileNames: '[name].cjs',
})
await log.close()
// What has become plain needs the bundler's helpers no more, which would be a file more to load.
const helpers = /^const require_rolldown_runtime = .*/
const core = lean(
  plain(readFileSync('dist/cjs/core.cjs', 'utf8')).replace(helpers, ''),
  JSON.parse(readFileSync('dist/cjs/core.cjs.map', 'utf8')),
)
writeFileSync('dist/cjs/core.cjs', core.code)
writeFileSync('dist/cjs/core.cjs.map', JSON.stringify(core.map))
mkdirSync('dist/bundlers')
for (const { name, isEntry, exports } of output) {
  if (!isEntry || !(name in entries)) continue
  const names = exports.join(', ')
  const code = plain(readFileSync(`dist/cjs/${name}.cjs`, 'utf8'))
  writeFileSync(`dist/cjs/${name}.cjs`, code)
  // An entry that only passes on what the core exports would be a file more to load.
  const passed = [...code.matchAll(/^\t([\w$]+): require_core\.([\w$]+),?$/gm)]
  const [file, taken] =
    passed.length === exports.length
      ? ['core', passed.map(([, to, from]) => (to === from ? to : `${from}: ${to}`)).join(', ')]
      : [name, names]
  // Node would read CommonJS that is imported twice, first for its names. The command has loaded the core before.
  const loaded =
    file === 'core' ? "globalThis[Symbol.for('sidestream.core')]?.[import.meta.dirname] ?? " : ''
  writeFileSync(
    `dist/${name}.js`,
    `const { ${taken} } =
  ${loaded}process.getBuiltinModule('node:module').createRequire(import.meta.url)('./cjs/${file}.cjs')
export { ${names} }
`,
  )
  writeFileSync(`dist/bundlers/${name}.js`, `export { ${names} } from '../cjs/${name}.cjs'\n`)
}
// The command reads its files as Latin-1.
const escaped = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
for (const name of readdirSync('dist/cjs').filter((it) => it.endsWith('.cjs'))) {
  const code = readFileSync(`dist/cjs/${name}`, 'utf8')
  writeFileSync(`dist/cjs/${name}`, code.replace(/[^\0-\x7f]/g, escaped))
}
writeFileSync('dist/LICENCES.txt', licences([output, logOutput]))
cpSync('src/speech/setup/requirements', 'dist/requirements', { recursive: true })
copyFileSync('src/cli/bin.cjs', 'dist/cli.cjs')
cpSync('src/bridge/python', 'dist/python', {
  recursive: true,
  filter: (path) => !/[\\/](?:tests|__pycache__)$/.test(path),
})
chmodSync('dist/cli.cjs', 0o755)
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
mkdirSync('dist/silero')
for (const name of ['silero_vad_v5.onnx', 'LICENSE'])
  copyFileSync(`samples/vad/model/${name}`, `dist/silero/${name}`)
