/** `sidestream config`: what its verbs say, and the command from what is typed to the exit code. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkText } from '../../src/cli/config-check.js'
import { explanation, explanationText } from '../../src/cli/config-explain.js'
import { entriesBelow, originText, show, showJson, showText } from '../../src/cli/config-show.js'
import { type ConfigView, checked, commandSubject, viewOf } from '../../src/cli/config-view.js'
import { definitionTree } from '../../src/cli/open-config.js'
import { coloured, plain } from '../../src/cli/style.js'
import { engine, group, method } from '../../src/engine/define.js'
import { secret, section, setting } from '../../src/index.js'
import { fileOf } from '../config/config-of.js'
import { cli, folderOf, packageUrl, sidestream } from './sidestream.js'

const test = suite('config')

const load = method({ handler: () => null, deadline: '1m' })
const demo = engine({
  name: 'demo',
  version: '1.0.0',
  deadline: '30s',
  config: section(
    {
      token: setting(secret(t.string), { default: 'none' }),
      threads: setting(t.number, { default: 2, description: 'CPU threads.' }),
    },
    { reload: 'drain-restart' },
  ),
  methods: { models: group({ methods: { load } }) },
})
const text = `
log:
  level: debug
drain: 5s
engines:
  demo: { token: abc, threads: 4 }
  other: { key: def }
`
const surroundings = {
  file: fileOf(text),
  env: { SIDESTREAM_LOG_LEVEL: 'warn', SIDESTREAM_ENGINES__DEMO__THREADS: '8' },
  flags: [{ option: '--set', key: 'log.level', text: 'error' }],
  folder: '/nowhere',
}
const ofDemo = viewOf(commandSubject(demo), definitionTree(demo), surroundings)
const ofAny = viewOf(commandSubject(undefined), {}, surroundings)
const shown = (view: ConfigView, key?: string): string => showText(view, entriesBelow(view, key))

test('shows what is in force, or a part of it', () => {
  assert.match(shown(ofDemo), 'log:\n  level: error\n  format: auto\n')
  assert.is(shown(ofDemo, 'log.level'), 'log:\n  level: error')
  assert.is(shown(ofDemo, 'methods'), 'methods:\n  models.load:\n    deadline: 1m')
  assert.throws(() => shown(ofDemo, 'log.levle'), 'Did you mean log.level?')
})

test('says of a key that it is not set', async () => {
  const answer = async (...args: readonly string[]): Promise<string> =>
    (await show(['log.file.path', ...args], async () => undefined)).text
  assert.is(await answer(), '# log.file.path is not set')
  assert.is(await answer('--origin'), '# log.file.path is not set')
  assert.is(await answer('--json'), '[]')
})

test('does not show what only another engine could tell the secrets of', () => {
  const note = /^# engines\.other is not shown: only its engine knows its secrets \(--engine\)$/m
  assert.match(shown(ofDemo), note)
  assert.match(shown(ofAny), note)
  assert.match(shown(ofAny), '# engines.demo is not shown')
  assert.not.match(shown(ofDemo, 'log'), 'is not shown')
})

test('does not judge the settings of an engine that is not known', () => {
  assert.equal(ofAny.resolution.problems, [])
  assert.equal(ofAny.resolution.warnings, [])
  const flags = [{ option: '--set', key: 'engines.demo.any', text: '1' }]
  assert.equal(viewOf(ofAny.subject, {}, { ...surroundings, flags }).resolution.problems, [])
  assert.is(viewOf(ofDemo.subject, {}, { ...surroundings, flags }).resolution.problems.length, 1)
})

test('shows where each value comes from', () => {
  const rows = originText(entriesBelow(ofDemo, undefined), plain)
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  const row = (key: string): readonly string[] | undefined => rows.find(([first]) => first === key)
  assert.equal(rows[0], ['key', 'value', 'layer', 'where'])
  assert.equal(row('log.level'), ['log.level', 'error', 'flag', '--set'])
  assert.equal(row('log.format'), ['log.format', 'auto', 'default'])
  assert.equal(row('drain'), ['drain', '5s', 'file', 'test.yaml:4:1'])
  assert.equal(row('deadline'), ['deadline', '30s', 'engine', "the engine's definition"])
  assert.equal(row('engines.demo.token'), ['engines.demo.token', '"***"', 'file', 'test.yaml:6:11'])
  assert.equal(row('engines.demo.threads')?.slice(1), [
    '8',
    'environment',
    'SIDESTREAM_ENGINES__DEMO__THREADS',
  ])
  assert.match(originText(entriesBelow(ofDemo, 'drain'), coloured), '\x1b[36mdrain\x1b[39m')
})

test('cuts values so that the place of each fits on a terminal', () => {
  const file = fileOf(`drain: 5s\nlog: { level: debug, file: { path: ${'x'.repeat(200)} } }`)
  const view = viewOf(commandSubject(undefined), {}, { ...surroundings, file, env: {}, flags: [] })
  const entries = entriesBelow(view, 'log')
  const lines = (width?: number): readonly string[] => originText(entries, plain, width).split('\n')
  assert.equal(
    lines(60)
      .map((line) => line.length)
      .filter((length) => length > 60),
    [],
  )
  const row = lines(60).find((line) => line.startsWith('log.file.path'))
  assert.match(row ?? '', /^log\.file\.path +\/nowhere\/x+… {2}file +test\.yaml:2:\d+$/)
  assert.is(row?.length, 60)
  assert.match(lines().join('\n'), 'x'.repeat(200))
  assert.match(lines(20).join('\n'), / {2}\/nowhere\/xx… {2}file/) // what cannot fit wraps
})

test('shows the same to programs', () => {
  assert.equal(JSON.parse(showJson(entriesBelow(ofDemo, 'engines'))), [
    {
      key: 'engines.demo.token',
      value: '***',
      layer: 'file',
      source: 'test.yaml:6:11',
      reload: 'drain-restart',
    },
    {
      key: 'engines.demo.threads',
      value: 8,
      layer: 'environment',
      source: 'SIDESTREAM_ENGINES__DEMO__THREADS',
      reload: 'drain-restart',
    },
  ])
})

const told = (view: ConfigView, key: string): readonly string[] =>
  explanationText(explanation(view, key), plain).split('\n')

test('explains a setting by its layers, the winner marked', () => {
  assert.equal(told(ofDemo, 'engines.demo.threads'), [
    'engines.demo.threads',
    '  CPU threads.',
    '',
    'expected  number',
    'default   2',
    'variable  SIDESTREAM_ENGINES__DEMO__THREADS',
    'a change  needs a new process; a host can replace it without losing a call (drain-restart)',
    '',
    '   default      2',
    '   file         4  test.yaml:6:23',
    '→  environment  8  SIDESTREAM_ENGINES__DEMO__THREADS',
  ])
  assert.ok(told(ofDemo, 'log.level').includes('a change  takes effect at once (hot)'))
  assert.match(told(ofDemo, 'framing').join(), 'and whoever starts it has to know (cold)')
  assert.match(told(ofDemo, 'methods.models.load.deadline').join('\n'), '→  engine  1m  the engine')
  assert.equal(told(ofDemo, 'log.file.path').slice(-1), ['It is not set.'])
  assert.throws(() => told(ofDemo, 'drian'), 'Did you mean drain?')
})

test('a variable that is named sets the key', () => {
  for (const key of ['methods.models.load.deadline', 'methods.models.*.deadline', 'log.level']) {
    const explained = explanation(ofDemo, key) as { readonly variable: string }
    const env = { [explained.variable]: key === 'log.level' ? 'fatal' : '7s' }
    const view = viewOf(ofDemo.subject, {}, { ...surroundings, env, flags: [] })
    const { values } = explanation(view, key) as { readonly values: readonly { layer: string }[] }
    assert.is(values.at(-1)?.layer, 'environment', key)
  }
})

test('says what an engine is needed for', () => {
  for (const key of ['engines.demo.threads', 'engines.demo']) {
    assert.throws(() => told(ofAny, key), /there is no such setting.*--engine PATH/, key)
    assert.throws(() => shown(ofAny, key), '--engine PATH', key)
  }
  const isPlain = (error: Error): boolean => !error.message.includes('--engine')
  assert.throws(() => told(ofAny, 'drian'), isPlain)
  assert.throws(() => told(ofDemo, 'engines.demo.thraeds'), isPlain)
})

test('explains a section by its keys', () => {
  const lines = told(ofDemo, 'engines.demo')
  assert.is(lines[0], 'engines.demo')
  assert.equal(lines.slice(-2), ['engines.demo.token', 'engines.demo.threads  CPU threads.'])
})

test('explains a setting that is wrong', () => {
  const view = viewOf(ofDemo.subject, {}, { ...surroundings, file: fileOf('drain: soon') })
  assert.match(
    told(view, 'drain').join('\n'),
    /→ {2}default {2}5s\n✗ test\.yaml:1:1: drain: expected/,
  )
})

test('tells what a config takes that is fine', () => {
  assert.equal(checkText(ofDemo, plain).split('\n'), [
    '✓ test.yaml: 4 settings, nothing is wrong',
    '  by a new process, without losing a call  engines.demo.token',
    '  overridden                               log.level, engines.demo.threads',
    '  not judged                               engines.other',
  ])
  const quiet = viewOf(ofAny.subject, {}, { ...surroundings, env: {}, flags: [] })
  assert.equal(checkText(quiet, plain).split('\n'), [
    '✓ test.yaml: 2 settings, nothing is wrong',
    '  at once     log.level',
    '  not judged  engines.demo, engines.other',
  ])
})

test('notes what of a file is for others', () => {
  const notes = ['methods.embed is of another engine']
  const view = { ...ofDemo, resolution: { ...ofDemo.resolution, notes } }
  assert.is(checkText(view, plain).split('\n').at(-1), `note: ${notes[0]}`)
})

test('names all that is wrong at once', () => {
  const file = fileOf('log: { levle: debug }\ndrain: soon\n')
  const wrong = viewOf(ofAny.subject, {}, { ...surroundings, file })
  assert.throws(() => checked(wrong), /levle.*Did you mean log\.level.*\n.*drain: expected/)
})

/** With an engine that prints, and holds its process, when it is loaded. */
const folder = folderOf({
  'demo.mjs': `import { engine, secret, section, setting, t } from '${packageUrl}'
    console.log('printed')
    setInterval(() => {}, 1000)
    const config = section({ token: setting(secret(t.string), {}) })
    export default engine({ name: 'demo', version: '1.0.0', methods: {}, config })`,
  'typed.ts': `import { engine } from '${packageUrl}'
    const name: string = 'typed'
    export default engine({ name, version: '1.0.0', deadline: '9s', methods: {} })`,
  'good.yaml': 'log: { level: debug }\nengines: { demo: { token: { env: TOKEN } } }\n',
  'bad.yaml': 'log: { level: loud }\ndrian: 5s\n',
})
const demoFile = join(folder, 'demo.mjs')
const good = join(folder, 'good.yaml')
const run = (args: readonly string[], env = {}) =>
  sidestream(['config', ...args], { stdin: '', env: { TOKEN: 'abc', ...env } })

test('an engine that is loaded prints beside the answer, and does not hold the command', async () => {
  const args = ['show', '--engine', demoFile, '--config', good, '--json']
  const { code, stdout, stderr } = await run(args)
  assert.is(code, 0)
  assert.is(stderr, 'printed\n')
  const token = JSON.parse(stdout).find(({ key }: { key: string }) => key === 'engines.demo.token')
  assert.is(token.value, '***')
  assert.is(token.source, `${good}:2:20`)
})

test('an engine may be TypeScript', async () => {
  const { code, stdout } = await run(['explain', 'deadline', '--engine', join(folder, 'typed.ts')])
  assert.is(code, 0)
  assert.match(stdout, "→  engine  9s  the engine's definition")
})

test('what is wrong is told on stderr, with exit code 78', async () => {
  const bad = await run(['check', join(folder, 'bad.yaml')])
  assert.is(bad.code, 78)
  assert.is(bad.stdout, '')
  assert.match(bad.stderr, /bad\.yaml:1:8: log\.level: expected/)
  assert.match(bad.stderr, /bad\.yaml:2:1: drian: .*Did you mean drain\?/)
  const missing = await run(['check', '--engine', demoFile, '--config', join(folder, 'bad.yaml')])
  assert.is(missing.code, 78)
  assert.match(missing.stderr, 'engines.demo.token: it has to be set')
  const none = await run(['check', join(folder, 'none.yaml')])
  assert.is(none.code, 78)
  assert.match(none.stderr, 'there is no such file')
})

test('a variable that means nothing is told, and stops nobody', async () => {
  const { code, stdout, stderr } = await run(['check', good], { SIDESTREAM_LOG_LEVLE: 'x' })
  assert.is(code, 0)
  assert.match(stdout, '✓ ')
  assert.match(stderr, 'There is no setting for the variable SIDESTREAM_LOG_LEVLE')
})

test('output that is lost is told, and output that nobody wants is not', () => {
  const sent = (to: string) => {
    const line = `"${process.execPath}" "${cli}" config schema ${to}`
    return spawnSync('sh', ['-c', line], { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
  }
  assert.match(sent('> /dev/full; echo $?').stderr, 'The output could not be written')
  assert.is(sent('> /dev/full; echo $?').stdout, '74\n')
  assert.is(sent('| head -1').stderr, '')
})

test('a file that cannot be written is told, with exit code 74', async () => {
  const file = join(folder, `${'x'.repeat(300)}.yaml`)
  const { code, stdout, stderr } = await run(['init', file])
  assert.is(code, 74)
  assert.is(stdout, '')
  assert.match(stderr, /^sidestream: The output could not be written: ENAMETOOLONG: .*\n$/)
})

test('says what can be typed', async () => {
  const none = await run([])
  assert.is(none.code, 64)
  assert.match(none.stderr, 'Which of show, explain, check, init, schema, reference?')
  assert.match((await run(['shwo'])).stderr, 'Did you mean show?')
  assert.match((await run(['explain'])).stderr, 'Which setting?')
  assert.match((await run(['show', '--orign'])).stderr, 'Did you mean --origin?')
  assert.match((await run(['show', '--set', 'drain'])).stderr, '--set wants KEY=VALUE')
  assert.is((await run(['show', '--engine', join(folder, 'no.js')])).code, 64)
})

test('begins with init, in the folder where it is typed', () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: home }
  const inHome = (...args: readonly string[]) => {
    const options = { cwd: home, env, encoding: 'utf8' } as const
    return spawnSync(process.execPath, [cli, 'config', ...args], options)
  }
  const none = inHome('check')
  assert.is(none.status, 78)
  assert.match(none.stderr, 'To write one: sidestream config init')
  assert.is(inHome('init').status, 0)
  const fine = inHome('check')
  assert.is(fine.status, 0)
  assert.match(fine.stdout, '✓ sidestream.config.yaml: 0 settings')
  assert.is(inHome('init').status, 64)
  const schema = inHome('schema')
  assert.match(JSON.parse(schema.stdout).$id, 'urn:')
  assert.match(inHome('reference').stdout, '| `log.level`')
  writeFileSync(join(home, 'sidestream.config.yaml'), 'drain: 9s')
  assert.is(inHome('show', 'drain').stdout, 'drain: 9s\n')
})

test.run()
