/**
 * Builds dist/: one bundler run for all entries and the command, so that they share one core; declarations by tsc.
 * The code is CommonJS in dist/cjs, which Node loads sooner, and from V8's code cache if it is the command's. Each
 * entry has an ES module that names what it exports.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { rolldown } from 'rolldown'

const require = createRequire(import.meta.url)
const tsc = 'node_modules/typescript/bin/tsc'

/** What every engine runs on. Of these folders, what only tests, hosts or rare calls need stays in chunks of its own. */
const isCore = (id) =>
  /\/(src\/(protocol|ports|engine|platform|logging)|pipelines|rxjs|io-ts|fp-ts|tslib)\/|src\/(version|cli\/serve|transport\/stdio)\.ts$|rolldown\/runtime/.test(
    id,
  ) && !/platform\/watcher/.test(id)

rmSync('dist', { recursive: true, force: true })

const entries = {
  index: 'src/index.ts',
  pipelines: 'pipelines/index.ts',
  telemetry: 'telemetry/index.ts',
  host: 'src/host/index.ts',
  testing: 'src/testing/index.ts',
}
const bundle = await rolldown({
  input: {
    ...entries,
    main: 'src/cli/main.ts',
    'typescript-hooks': 'src/cli/typescript-hooks.ts',
  },
  platform: 'node',
  // The packages' ES modules: half the size, and what is not used falls away. Their CommonJS would double the start.
  resolve: {
    alias: {
      rxjs: require.resolve('rxjs').replace('dist/cjs/index.js', 'dist/esm/index.js'),
      'io-ts': require.resolve('io-ts').replace('lib/index.js', 'es6/index.js'),
      'fp-ts/lib': require.resolve('fp-ts/lib/Either.js').replace('lib/Either.js', 'es6'),
    },
  },
  tsconfig: 'tsconfig.json', // its plain class fields: defining them would cost a tenth of a call
  external: [/^node:/, 'pino', 'oxc-transform'],
})
const { output } = await bundle.write({
  dir: 'dist/cjs',
  format: 'cjs',
  sourcemap: true,
  comments: { jsdoc: false, legal: true }, // they stand in the declarations and the source maps
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  // What an engine needs is one file: each more would cost its start some 0.5 ms.
  codeSplitting: {
    groups: [{ name: 'core', test: isCore, minShareCount: 2 }],
  },
})
await bundle.close()
for (const { name, isEntry, exports } of output) {
  if (!isEntry || !(name in entries)) continue
  writeFileSync(`dist/${name}.js`, `export { ${exports.join(', ')} } from './cjs/${name}.cjs'\n`)
}
copyFileSync('src/cli/bin.cjs', 'dist/cli.cjs')
chmodSync('dist/cli.cjs', 0o755)
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
