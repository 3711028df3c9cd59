import { type ExecFileSyncOptions, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageVersion } from '../../src/version.js'
import { exportedNames } from './exported-names.js'

const test = suite('the package as it is installed')
const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sidestream-package-'))
const options: ExecFileSyncOptions = {
  cwd: folder,
  stdio: ['pipe', 'pipe', 'pipe'],
  env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') }, // what the command keeps goes away with it
}

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

let packed: Packed
let tarball: string

const run = (command: string, args: readonly string[], input = ''): string =>
  execFileSync(command, args, { ...options, input }).toString()

const node = (code: string, type: 'module' | 'commonjs' = 'module'): string =>
  run(process.execPath, [`--input-type=${type}`, '-e', code])

/** A tool of this repository. */
const tool = (name: string, ...args: string[]): void => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', name), args, options)
  assert.is(status, 0, `${stdout}${stderr}`)
}

test.before(() => {
  // The dist that is there: building it again would take it away from whatever else runs.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  ;[packed] = JSON.parse(execFileSync('npm', args, { ...options, cwd: root }).toString())
  tarball = join(folder, packed.filename)
  writeFileSync(join(folder, 'package.json'), '{"name":"user","private":true,"type":"module"}')
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball])
})

test.after(() => rmSync(folder, { recursive: true }))

test('holds what is needed and nothing else', () => {
  const paths = packed.files.map(({ path }) => path)
  assert.equal(
    paths.filter(
      (path) =>
        !/^(dist\/.*\.(js|cjs|cjs\.map|d\.ts)|dist\/LICENCES\.txt|dist\/silero\/(LICENSE|silero_vad_v5\.onnx)|dist\/python\/sidestream_bridge\/((speech\/)?\w+\.py|py\.typed)|dist\/requirements\/[a-z-]+\.txt|package\.json|(README|CHANGELOG)\.md|docs\/(guides\/)?[a-z-]+\.md|LICENSE)$/.test(
          path,
        ),
    ),
    [],
  )
  assert.equal(
    paths.filter((path) => /(^|\/)(tests?|samples)\/|\.test\.|bench/.test(path)),
    [],
  )
  assert.ok(packed.size < 3_700_000, `${packed.size} bytes`) // of these, 1.9 MB are Silero VAD
})

test('says its own version', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.is(packageVersion, version)
})

for (const [subpath, names] of Object.entries(exportedNames)) {
  test(`${subpath} exports what is promised`, () => {
    const printed = node(`console.log(JSON.stringify(Object.keys(await import('${subpath}'))))`)
    assert.equal(JSON.parse(printed).sort(), names)
  })
}

test('can be required where Node can require modules', () => {
  const printed = node(
    `console.log(JSON.stringify(Object.keys(require('sidestream'))))`,
    'commonjs',
  )
  assert.equal(JSON.parse(printed).sort(), exportedNames['sidestream'])
})

test('works in a new package as README says', () => {
  const fresh = join(folder, 'fresh')
  mkdirSync(fresh)
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const block = (language: string): string =>
    text.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's'))?.[1] ?? ''
  const shell = (line: string): string =>
    execFileSync('sh', ['-c', line], { ...options, cwd: fresh }).toString()
  assert.match(block('sh'), /^npm init -y .*npm install sidestream\n$/)
  shell(block('sh').replace('sidestream', `--prefer-offline --no-audit --no-fund ${tarball}`))
  writeFileSync(join(fresh, 'ten-lines.js'), block('js'))
  const [, command = '', printed] = /^\$ (.*)\n(.*)\n/.exec(block('console')) ?? []
  assert.is(shell(command), `${printed}\n`)
})

const source = (type: string): string => `
import { engine, method, t } from 'sidestream'
const double = (n${type}) => n * 2
export default engine({
  name: 'user',
  version: '1.0.0',
  methods: { double: method({ params: t.tuple([t.number]), handler: ([n]) => double(n) }) },
})
`

for (const [name, text] of [
  ['engine.js', source('')],
  ['engine.ts', source(': number')],
] as const) {
  test(`runs an ${name} of the user's own`, () => {
    writeFileSync(join(folder, name), text)
    const call = { jsonrpc: '2.0', id: 1, method: 'double', params: [21] }
    const printed = run('npx', ['sidestream', 'run', name], `${JSON.stringify(call)}\n`)
    assert.equal(JSON.parse(printed), { jsonrpc: '2.0', id: 1, result: 42 })
  })
}

test("serves from a main module of the user's own", () => {
  writeFileSync(join(folder, 'served.js'), source(''))
  writeFileSync(
    join(folder, 'main.js'),
    `import { serve } from 'sidestream'\nimport engine from './served.js'\nserve(engine)\n`,
  )
  const call = { jsonrpc: '2.0', id: 1, method: 'double', params: [21] }
  const printed = run(process.execPath, ['main.js'], `${JSON.stringify(call)}\n`)
  assert.equal(JSON.parse(printed), { jsonrpc: '2.0', id: 1, result: 42 })
})

for (const format of ['esm', 'cjs'] as const) {
  test(`works in one file that a bundler made, as ${format}`, async () => {
    const away = mkdtempSync(join(tmpdir(), 'sidestream-bundle-'))
    const file = join(away, format === 'esm' ? 'main.mjs' : 'main.cjs')
    const bundle = await rolldown({ input: join(folder, 'main.js'), platform: 'node' })
    await bundle.write({ file, format, codeSplitting: false })
    await bundle.close()
    const call = { jsonrpc: '2.0', id: 1, method: 'double', params: [21] }
    const engine = spawn(process.execPath, [file])
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      engine[name].on('data', (data) => {
        output[name] += data
        // pino is loaded for the first lines of the log, and by then the watching thread has begun.
        if (output.stderr.includes('ready')) engine.stdin.end()
      })
    }
    engine.stdin.write(`${JSON.stringify(call)}\n`)
    const [code] = await once(engine, 'close')
    assert.is(code, 0, output.stderr)
    assert.is(output.stdout, '{"jsonrpc":"2.0","id":1,"result":42}\n')
    assert.not.match(output.stderr, /"level":[456]0/)
    rmSync(away, { recursive: true })
  })
}

/** AbortSignal is declared by the types of Node, and by the default libraries. */
const surroundings: Readonly<Record<string, object>> = {
  'beside the types of Node': { lib: ['ES2023'], types: ['node'] },
  'without them': { types: [] },
}
for (const [name, options] of Object.entries(surroundings)) {
  test(`has types for a strict program under NodeNext, in all its declarations, ${name}`, () => {
    copyFileSync(new URL('./typed-program.ts', import.meta.url), join(folder, 'program.ts'))
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2022',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      typeRoots: [join(root, 'node_modules/@types')],
      noEmit: true,
      ...options,
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    )
    tool('tsc', '-p', folder)
  })
}

test('is well formed for publint', () => tool('publint', 'run', tarball, '--strict'))

test('has types that resolve as its modules do', () => {
  tool('attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color')
})

test.run()
