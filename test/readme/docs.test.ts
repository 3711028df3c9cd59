/**
 * The code in docs/ has its types and does what it says. Blocks are marked `js`, `ts`, `console` and `text`; the first
 * line of one may name its file, `// texts.js`, so that others can start or import it.
 *
 * - with `export default`: an engine, which must serve
 * - with other exports: functions, which must not throw
 * - without: a program, which must end well and print the `text` block behind it, if there is one
 * - `console`: commands, each with what it prints
 *
 * Blocks in `python` are files for those; where there is no Python, their programs must say so.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, parse } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Engine } from 'sidestream'
import { scriptedPeer } from 'sidestream/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hasPython } from '../bridge/python-suite.js'

const test = suite('docs')
const root = fileURLToPath(new URL('../..', import.meta.url))
/** In this package, so that its own name means it. */
const folder = mkdtempSync(join(root, 'coverage-docs-'))
copyFileSync(join(root, 'samples/ten-lines.js'), join(folder, 'ten-lines.js'))
/** Apart, as tsx takes `app.ts` where it is asked for `app.js`. */
mkdirSync(join(folder, 'ts'))

test.after(() => rmSync(folder, { recursive: true }))

interface Program {
  readonly file: string
  readonly code: string
  /** What it prints, where that is shown. */
  readonly printed: string | undefined
}

interface Page {
  readonly name: string
  readonly programs: readonly Program[]
  /** Has Python files. */
  readonly isPython: boolean
  /** A command and what it prints. */
  readonly commands: readonly (readonly [string, string])[]
}

const pageOf = (name: string): Page => {
  const text = readFileSync(join(root, 'docs', name), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
    ([, language = '', code = '']) => ({ language, code }),
  )
  const scripts = blocks.filter(({ language }) => language === 'python')
  for (const { code } of scripts)
    writeFileSync(join(folder, /^# ([\w.-]+\.py)\n/.exec(code)?.[1] as string), code)
  const programs = blocks.flatMap(({ language, code }, index) => {
    if (language !== 'js' && language !== 'ts') return []
    const own = /^\/\/ ([\w.-]+\.[jt]s)\n/.exec(code)?.[1] ?? `${name}-${index + 1}.${language}`
    const file = language === 'ts' ? `ts/${own}` : own
    writeFileSync(join(folder, file), code)
    const next = blocks[index + 1]
    return [{ file, code, printed: next?.language === 'text' ? next.code : undefined }]
  })
  const commands = blocks
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => code.split(/^\$ /m).slice(1))
    .map((shown) => {
      const end = shown.indexOf('\n')
      return [shown.slice(0, end), shown.slice(end + 1)] as const
    })
  return { name, programs, isPython: scripts.length > 0, commands }
}
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .sort()
  .map(pageOf)
const programs = pages.flatMap((page) => page.programs)

/** What the compiler says of some files of the folder. */
const faults = (files: readonly string[], options: object): string => {
  const config = {
    extends: '../tsconfig.json',
    files,
    include: [],
    compilerOptions: { rootDir: '..', checkJs: true, noEmit: true, ...options },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/.bin/tsc')
  return spawnSync(tsc, ['-p', folder], { encoding: 'utf8' }).stdout
}

const files = programs.map(({ file }) => file)
/** Shown in TypeScript too, as it has params whose types a compiler cannot know. */
const hasTwin = (file: string): boolean => files.includes(`ts/${file.replace(/js$/, 'ts')}`)
const loose = files.filter((file) => file.endsWith('.js') && hasTwin(file))
for (const file of files.filter((file) => /^\w+\.js$/.test(file) && !hasTwin(file))) {
  copyFileSync(join(folder, file), join(folder, 'ts', file)) // for programs there to start
}

test('all pages with code are here, and no two of their files have one name', () => {
  const withCode = pages.filter(({ programs, commands }) => programs.length + commands.length > 0)
  const names = [
    'command-line.md',
    'config.md',
    'engines.md',
    'guide.md',
    'guides/python-engine.md',
    'guides/see-your-engine.md',
    'host.md',
    'models.md',
    'operators.md',
    'subtitles.md',
    'telemetry.md',
    'testing.md',
  ]
  assert.equal(
    withCode.map(({ name }) => name),
    names,
  )
  assert.is(new Set(files).size, files.length)
})

test('is right for a strict compiler, and so the JavaScript is TypeScript too', () => {
  assert.is(
    faults(
      files.filter((file) => !loose.includes(file)),
      {},
    ),
    '',
  )
})

test('is the same in TypeScript where the page says so', () => {
  const same = ['testing.md']
  const twins = pages
    .filter(({ name }) => same.includes(name))
    .flatMap((page) => page.programs)
    .map(({ file, code }) => {
      const twin = `ts/same-${file.replace(/js$/, 'ts')}`
      writeFileSync(join(folder, twin), code)
      return twin
    })
  assert.ok(twins.length > 0)
  assert.is(faults(twins, {}), '')
})

test('is right without types where TypeScript is shown beside it', () => {
  assert.ok(loose.length > 0)
  assert.is(faults(loose, { noImplicitAny: false }), '')
})

const longestMs = 20_000
const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] }

const serves = async (engine: Engine): Promise<void> => {
  const peer = scriptedPeer(engine)
  const { state } = (await peer.call('engine.status')) as { state: string }
  assert.ok(['starting', 'ready'].includes(state))
  assert.is(await peer.end(), 0)
}

const ofPython = new Set(pages.filter(({ isPython }) => isPython).flatMap((it) => it.programs))

for (const program of programs) {
  const { file, code, printed } = program
  test(`${file} runs`, async () => {
    if (/^export /m.test(code)) {
      const module = (await import(pathToFileURL(join(folder, file)).href)) as object
      const exported = Object.entries(module)
      assert.ok(exported.length > 0)
      for (const [name, it] of exported) await (name === 'default' ? serves(it) : it())
      return
    }
    const { dir, base } = parse(join(folder, file))
    const { status, stdout, stderr } = spawnSync(process.execPath, [base], {
      cwd: dir,
      encoding: 'utf8',
      timeout: longestMs,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment, NODE_OPTIONS: '--conditions=sidestream-source --import tsx' },
    })
    if (ofPython.has(program) && !hasPython) {
      assert.match(stderr, 'there is no command python')
      return
    }
    assert.is(status, 0, `${stdout}${stderr}`)
    if (printed !== undefined) assert.is(stdout, printed)
  })
}

for (const { name, commands } of pages) {
  for (const [command, printed] of commands) {
    test(`${name}: ${command}`, () => {
      const line = command.replaceAll('npx sidestream', `${process.execPath} ../dist/cli.cjs`)
      const { stdout, stderr } = spawnSync('sh', ['-c', line], {
        cwd: folder,
        encoding: 'utf8',
        timeout: longestMs,
        env: environment,
      })
      assert.is(`${stdout}${stderr}`, printed)
    })
  }
}

test.run()
