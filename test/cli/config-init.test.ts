/** `sidestream config init`, and what it writes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { initFiles, WriteError } from '../../src/cli/config-init.js'
import { configSchema } from '../../src/cli/config-schema.js'
import { configTemplate } from '../../src/cli/config-template.js'
import { commandSubject } from '../../src/cli/config-view.js'
import { readFile } from '../../src/config/config-file.js'
import type { Subject } from '../../src/config/resolve.js'
import { valuesOf } from '../../src/config/schema.js'
import { engine, group, method } from '../../src/engine/define.js'
import { optional, secret, section, setting } from '../../src/index.js'
import { fileOf, resolved } from '../config/config-of.js'
import { folderOf } from './sidestream.js'

const test = suite('config init')
const anyEngine = commandSubject(undefined)
const own = section({
  greeting: setting(t.string, { default: '# hi: "there"\nyou', description: 'In\ntwo lines.' }),
  token: setting(optional(secret(t.string)), { description: 'Of the service.' }),
  spare: setting(secret(t.string), { default: 'abc' }),
})
const load = method({ handler: () => null })
const demo = commandSubject(
  engine({
    name: 'demo',
    version: '1.0.0',
    config: own,
    methods: { models: group({ methods: { load } }) },
  }),
)

const problemsIn = (about: Subject, text: string) =>
  resolved(about, { file: fileOf(text) }).problems

/** But the first line, which is the editor's. */
const uncommented = (text: string): string =>
  text.replace(/(?<=\n)# ?/g, '').replace(/(?<=\n)#/g, '#')

test('what it writes is fine, and so it is with every line uncommented', () => {
  for (const about of [anyEngine, demo]) {
    const text = configTemplate(about.schema, 'x.json')
    assert.equal(problemsIn(about, text), [])
    assert.equal(problemsIn(about, uncommented(text)), [])
    const config = resolved(about, { file: fileOf(uncommented(text)) }).config
    assert.equal(config, resolved(about, {}).config)
  }
})

test('every line is a comment, and every setting of a known name is in one', () => {
  const text = configTemplate(demo.schema, 'x.json')
  assert.match(text, /^# yaml-language-server: \$schema=\.\/x\.json\n/)
  const lines = text.split('\n')
  assert.equal(
    lines.filter((line) => line !== '' && !line.startsWith('# ') && !line.startsWith('## ')),
    [],
  )
  for (const [key, node] of valuesOf(demo.schema)) {
    if (key.includes('<name>')) continue
    const name = key.split('.').at(-1) as string
    assert.ok(
      lines.some((line) => line.trimStart().replace(/^# +/, '').startsWith(`${name}:`)),
      key,
    )
    const [first] = node.description?.split('\n') ?? ['']
    assert.match(text, first as string)
  }
  assert.match(text, '# limits:\n')
  assert.match(text, '#   messageBytes: 16MiB\n')
  assert.not.match(text, 'abc')
})

test('writes the file and its schema, and nothing over what is there', () => {
  const folder = folderOf({})
  const file = join(folder, 'sidestream.config.yaml')
  const said = initFiles(file, anyEngine.schema)
  const schemaFile = join(folder, 'sidestream.config.schema.json')
  assert.match(said, file)
  assert.match(said, schemaFile)
  assert.equal(problemsIn(anyEngine, readFile(file).text), [])
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))
  assert.equal(schema, JSON.parse(JSON.stringify(configSchema(anyEngine.schema))))
  const again = (name: string) => () => initFiles(join(folder, name), anyEngine.schema)
  assert.throws(again('sidestream.config.yaml'), 'sidestream.config.yaml is there already')
  assert.throws(again('sidestream.config.json'), 'sidestream.config.yaml is there already')
})

test('keeps a schema that is the same, and says how to replace another one', () => {
  const folder = folderOf({})
  const at = (name: string): string => join(folder, name)
  const schemaFile = at('sidestream.config.schema.json')
  initFiles(at('sidestream.config.yaml'), anyEngine.schema)
  const before = readFileSync(schemaFile, 'utf8')
  assert.match(initFiles(at('other.yaml'), anyEngine.schema), 'other.yaml, for editors')
  assert.ok(existsSync(at('other.yaml')))
  assert.throws(
    () => initFiles(at('third.yaml'), demo.schema, './demo.js'),
    `sidestream config schema --engine ./demo.js > ${schemaFile}`,
  )
  assert.not(existsSync(at('third.yaml')))
  assert.is(readFileSync(schemaFile, 'utf8'), before)
})

test('says how to replace what only has the name of a schema', () => {
  const folder = folderOf({})
  mkdirSync(join(folder, 'sidestream.config.schema.json'))
  const init = () => initFiles(join(folder, 'demo.yaml'), anyEngine.schema)
  assert.throws(init, 'schema.json is there already')
})

/** What a folder holds whose files could not be written. */
const leftBy = (folder: string, file: string): readonly string[] => {
  const before = readdirSync(folder)
  assert.throws(
    () => initFiles(join(folder, file), anyEngine.schema),
    (error: unknown) => error instanceof WriteError,
  )
  return readdirSync(folder).filter((name) => !before.includes(name))
}

test('leaves nothing behind when one of both cannot be written', () => {
  assert.equal(leftBy(folderOf({}), `${'x'.repeat(300)}.yaml`), [])
  const folder = folderOf({})
  symlinkSync('nowhere', join(folder, 'sidestream.config.schema.json')) // not there, and not free
  assert.equal(leftBy(folder, 'demo.yaml'), [])
})

test('writes JSON that names its schema, as it has no comments', () => {
  const folder = folderOf({})
  const file = join(folder, 'demo.json')
  initFiles(file, demo.schema)
  const written = readFile(file)
  assert.equal(written.value, { $schema: './sidestream.config.schema.json' })
  assert.equal(resolved(demo, { file: written }).problems, [])
})

test('says what is wrong with a name or a folder', () => {
  const folder = folderOf({})
  const at = (name: string) => () => initFiles(join(folder, name), anyEngine.schema)
  assert.throws(at('config.toml'), 'ends with .yaml or .json')
  assert.throws(at('none/config.yaml'), 'There is no folder ')
})

test.run()
