/** `sidestream run` from its arguments to its exit code. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf, packageUrl, sidestream, start, tester } from './sidestream.js'

const test = suite('run')
const add = '{"jsonrpc":"2.0","id":1,"method":"add","params":{"a":1,"b":2}}'
const three = '{"jsonrpc":"2.0","id":1,"result":3}'
/** An engine outside of this package. */
const engineText = (name: string): string =>
  `import { engine, method } from '${packageUrl}'
   export default engine({ name: 'e', version: '1.0.0', methods: { add: method({ handler: () => ${name} }) } })`

test('answers what comes on stdin, then ends', async () => {
  const { code, stdout } = await sidestream(['run', tester], { stdin: `${add}\n` })
  assert.is(stdout, `${three}\n`)
  assert.is(code, 0)
})

test('speaks one framing only when told to', async () => {
  const framed = (text: string): string => `Content-Length: ${text.length}\r\n\r\n${text}`
  const either = await sidestream(['run', tester], { stdin: framed(add) })
  assert.is(either.stdout, framed(three))
  const lines = await sidestream(['run', tester, '--framing', 'ndjson'], { stdin: `${add}\n` })
  assert.is(lines.stdout, `${three}\n`)
  const wrong = await sidestream(['run', tester, '--framing=ndjson'], { stdin: framed(add) })
  assert.match(wrong.stdout, /^\{"jsonrpc":"2.0","id":null,"error":\{"code":-32700/)
})

test('logs from the level it is given', async () => {
  const loud = await sidestream(['run', tester, '--log-level', 'info'])
  assert.match(loud.stderr, 'engine ready')
  const quiet = await sidestream(['run', tester, '--log-level', 'warn'])
  assert.is(quiet.stderr, '')
})

test('keeps what a module prints while it loads off stdout', async () => {
  const folder = folderOf({
    'e.js': `console.log('hello'); process.stdout.write('there\\n')\n${engineText('3')}`,
  })
  const { stdout, stderr } = await sidestream(['run', join(folder, 'e.js')], { stdin: add })
  assert.is(stdout, `${three}\n`)
  assert.match(stderr, 'hello')
  assert.match(stderr, 'there')
})

test('refuses a path that is no engine, in words', async () => {
  const folder = folderOf({
    'empty.js': '',
    'other.js': 'export default { name: "x" }',
    'named.js': engineText('1'),
    'notes.txt': '',
  })
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sidestream(['run', ...args])
    assert.is(code, 64)
    assert.is(stdout, '')
    assert.not.match(stderr, /^\s+at /m)
    return stderr
  }
  assert.match(await refused(), 'Which engine?')
  assert.match(await refused(join(folder, 'nowhere.js')), 'There is no engine at')
  assert.match(await refused(join(folder, 'named')), /Did you mean .*named\.js\?/)
  assert.match(await refused(folder), 'is a directory')
  assert.match(await refused(join(folder, 'notes.txt')), 'is no module')
  assert.match(await refused(join(folder, 'empty.js')), 'has no default export')
  assert.match(await refused(join(folder, 'other.js')), 'exports no engine as its default')
  assert.match(
    await refused(tester, '--framing', 'xml'),
    '--framing is one of ndjson, content-length',
  )
  assert.match(await refused(tester, '--log-level', 'inf'), 'Did you mean info?')
})

test('tells why a module cannot be loaded, and where', async () => {
  const folder = folderOf({
    'syntax.js': 'export default {\n  a: 1 2\n}',
    'syntax.ts': 'export const a: number = 1\nconst = 2',
    'deep-syntax.js': "import './syntax.js'",
    'package.js': "import 'no-such-package'",
    'missing.js': "import './no-such-file.js'",
    'name.js': "import { nope } from './empty.js'",
    'empty.js': '',
    'throws.js':
      "const f = () => { throw new Error('boom', { cause: new Error('the reason') }) }\nf()",
    'rejects.js': "await Promise.reject('a text')",
    'whole.js': "import './throws'",
    'stuck.js': 'await new Promise(() => {})',
    'exits.js': 'process.exit(3)',
    'typed.ts': 'export const one: number = 1',
    'mixed.js': "import './typed.ts'",
    'nameless.js': `import { engine } from '${packageUrl}'\nexport default engine({ name: 'x' })`,
  })
  const failure = async (name: string): Promise<string> => {
    const { code, stdout, stderr } = await sidestream(['run', join(folder, name)])
    assert.is(stdout, '')
    assert.is(code, 70, stderr)
    assert.not.match(stderr, /node:internal|chunks|src.cli/)
    return stderr
  }
  assert.match(await failure('syntax.js'), /syntax\.js:2\n.*\^\n*SyntaxError: Unexpected number/s)
  const untyped = folderOf({ 'syntax.js': "import 'node:fs'\nconst x = = 4" })
  rmSync(join(untyped, 'package.json'))
  const { stderr } = await sidestream(['run', join(untyped, 'syntax.js')])
  assert.match(stderr, /syntax\.js:2\n.*\^\n*SyntaxError: Unexpected token '='/s)
  assert.match(await failure('syntax.ts'), /^SyntaxError: .*syntax\.ts.*:2:7\](?!.*here or)/ms)
  assert.match(
    await failure('deep-syntax.js'),
    'SyntaxError: Unexpected number, in a module that it imports',
  )
  assert.match(await failure('package.js'), 'Install it: npm install no-such-package')
  assert.match(await failure('whole.js'), 'Imports name whole files: write throws.js')
  assert.match(await failure('missing.js'), /Cannot find module .*no-such-file\.js/)
  assert.match(await failure('name.js'), "does not provide an export named 'nope'")
  assert.match(
    await failure('throws.js'),
    /\nError: boom\n.*throws\.js:1:\d+.*\nCaused by: Error: the reason\n/s,
  )
  assert.match(await failure('rejects.js'), "It threw 'a text'")
  assert.is((await failure('stuck.js')).match(/never finished loading.*\n(.*)/)?.[1], '')
  assert.match(
    await failure('exits.js'),
    'exits.js ended the process with code 3 while it was loaded',
  )
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 22) {
    assert.match(await failure('mixed.js'), "Let the engine's own file be TypeScript")
  }
  assert.match(
    await failure('nameless.js'),
    /TypeError: The engine x needs a version.*nameless\.js:2:\d+/s,
  )
})

test('tells of mistakes that only a run finds where they are, in TypeScript as in JavaScript', async () => {
  const folder = folderOf({
    'broken.json': '{ broken',
    'broken.mjs': 'export const x = ;',
    'decorated.ts': 'const d = (...x: any[]): any => x\n@d class A {}\nexport default A',
  })
  const mistakes = {
    json: "JSON.parse(readFileSync(new URL('broken.json', import.meta.url), 'utf8'))",
    pattern: "new RegExp('(')",
    code: "new Function('return =')",
    imported: '(await 0, x)',
  }
  const failure = async (file: string): Promise<string> => {
    const { code, stderr } = await sidestream(['run', join(folder, file)])
    assert.is(code, 70, stderr)
    assert.not.match(stderr, /node:internal|Missing initializer/)
    return stderr
  }
  for (const ending of ['js', 'ts']) {
    const typed = ending === 'ts' ? 'const one: number = 1\n' : '\n'
    for (const [name, mistake] of Object.entries(mistakes)) {
      const imports =
        name === 'imported'
          ? "import { x } from './broken.mjs'"
          : "import { readFileSync } from 'node:fs'"
      writeFileSync(
        join(folder, `${name}.${ending}`),
        `${typed}${imports}\nexport default ${mistake}`,
      )
    }
    const at = (name: string): RegExp => new RegExp(`${name}\\.${ending}:3:\\d+`)
    const json = await failure(`json.${ending}`)
    assert.match(json, /SyntaxError: .*JSON/)
    assert.match(json, at('json'))
    const pattern = await failure(`pattern.${ending}`)
    assert.match(pattern, 'SyntaxError: Invalid regular expression: /(/')
    assert.match(pattern, at('pattern'))
    const code = await failure(`code.${ending}`)
    assert.match(code, "SyntaxError: Unexpected token '='")
    assert.match(code, at('code'))
    assert.match(await failure(`imported.${ending}`), "SyntaxError: Unexpected token ';', ")
  }
  assert.match(
    await failure('decorated.ts'),
    /SyntaxError: Invalid or unexpected token.*\n.*decorator/,
  )
})

test('runs TypeScript with imports of either ending', async () => {
  const folder = folderOf({
    'e.ts': `import { one } from './one.js'
      import { two } from './two.ts'
      import { three } from './three.js'
      ${engineText('one + two - three as number')}`,
    'one.ts': 'export const one: number = 1',
    'two.ts': 'interface Two { value: 2 }\nexport const two = ({ value: 2 } satisfies Two).value',
    'three.js': 'export const three = 0',
  })
  const env = { XDG_CACHE_HOME: folder }
  for (const start of ['cold', 'from the cache']) {
    const { stdout, stderr } = await sidestream(['run', join(folder, 'e.ts')], { stdin: add, env })
    assert.is(stdout, `${three}\n`, start + stderr)
  }
  const kept = join(folder, 'sidestream/typescript')
  const files = readdirSync(kept)
  for (const file of files) {
    rmSync(join(kept, file))
    mkdirSync(join(kept, file))
  }
  await sidestream(['run', join(folder, 'e.ts')], { stdin: add, env })
  assert.equal(readdirSync(kept), files, 'nothing is left of what could not be kept')
})

test('logs what Node warns of while it loads TypeScript', async () => {
  const folder = folderOf({
    'e.ts': `import { three } from './lib.js'\n${engineText('three as number')}`,
    'lib.js': 'export const three = 3',
    'package.json': '{}',
  })
  const { stdout, stderr } = await sidestream(['run', join(folder, 'e.ts')], { stdin: add })
  assert.is(stdout, `${three}\n`)
  const records = stderr.split(/\n(?=.)/).map((line) => JSON.parse(line))
  const [warning] = records.filter(({ level }) => level === 40)
  assert.is(warning.code, 'MODULE_TYPELESS_PACKAGE_JSON', stderr)
  assert.match(warning.msg, 'lib.js')
})

test('runs TypeScript where nothing can be kept', async () => {
  const folder = folderOf({ 'e.ts': engineText('3 as number') })
  const places = [
    { XDG_CACHE_HOME: '/proc/nope' },
    { HOME: '/proc/self' },
    { XDG_CACHE_HOME: 'no-folder', HOME: '/dev/null' },
  ]
  for (const env of places) {
    const { stdout } = await sidestream(['run', join(folder, 'e.ts')], { stdin: add, env })
    assert.is(stdout, `${three}\n`)
  }
  assert.not(existsSync('no-folder'))
})

test('ends at SIGTERM when all is answered', async () => {
  const { child, ran, printed } = start(['run', tester])
  child.stdin.write(`${add}\n`)
  await printed(three)
  child.kill('SIGTERM')
  assert.is((await ran).code, 0)
})

test.run()
