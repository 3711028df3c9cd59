/** Secrets that stand elsewhere, and paths that count from somewhere. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolvePath, resolveReferences } from '../../src/config/references.js'
import { path } from '../../src/protocol/file-path.js'
import { secret } from '../../src/protocol/secret.js'
import { optional, setting } from '../../src/protocol/setting.js'

const test = suite('references')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-references-'))
test.after(() => rmSync(folder, { recursive: true }))
const around = { folder, env: { TOKEN: 'abc', PIN: '42', LIST: 'a,b', EMPTY: '' } }
const resolved = (given: unknown, codec: t.Any) => resolveReferences(given, codec, around)
const token = secret(t.string)

test('a secret may stand in a variable, read as the codec wants it', () => {
  assert.equal(resolved({ env: 'TOKEN' }, token), { value: 'abc' })
  assert.equal(resolved({ env: 'PIN' }, token), { value: '42' })
  assert.equal(resolved({ env: 'PIN' }, secret(t.number)), { value: 42 })
  assert.equal(resolved({ env: 'LIST' }, secret(t.array(t.string))), { value: ['a', 'b'] })
  assert.equal(resolved({ env: 'EMPTY' }, token), { value: '' })
  assert.equal(resolved({ env: 'NOPE' }, token), { problem: 'the variable NOPE is not set' })
  assert.equal(resolved({ env: 'constructor' }, token), {
    problem: 'the variable constructor is not set',
  })
})

test('a secret may stand in a file, without the newline at its end', () => {
  for (const [text, value] of [
    ['abc\n', 'abc'],
    ['abc\r\n', 'abc'],
    ['a\nb\n\n', 'a\nb\n'],
    [' abc ', ' abc '],
    ['', ''],
  ] as const) {
    writeFileSync(join(folder, 'token'), text)
    assert.equal(resolved({ file: 'token' }, token), { value }, JSON.stringify(text))
    assert.equal(resolved({ file: join(folder, 'token') }, token), { value })
  }
})

test('a file of a secret that cannot be one is told, without its content', () => {
  const problemOf = (file: string): string => {
    const outcome = resolved({ file }, token)
    return 'problem' in outcome ? outcome.problem : 'none'
  }
  assert.match(problemOf('absent'), /^the file of the secret cannot be read: ENOENT/)
  assert.match(problemOf('.'), /is no regular file$/)
  writeFileSync(join(folder, 'bytes'), Buffer.from([0x68, 0xff, 0xfe]))
  assert.match(problemOf('bytes'), /is no UTF-8 text$/)
  writeFileSync(join(folder, 'large'), 'x'.repeat(70_000))
  assert.match(problemOf('large'), /is larger than 65536 bytes$/)
  if (process.platform === 'win32') return
  assert.match(problemOf('/dev/zero'), /is no regular file$/)
  spawnSync('mkfifo', [join(folder, 'pipe')])
  assert.match(problemOf('pipe'), /is no regular file$/, 'and nobody waits for its writer')
})

test('what is no reference stays as it is', () => {
  for (const given of [
    'abc',
    5,
    null,
    [],
    {},
    { env: 5 },
    { env: 'TOKEN', file: 'x' },
    { ENV: 'x' },
  ]) {
    assert.equal(resolved(given, token), { value: given })
  }
  assert.equal(resolved({ env: 'TOKEN' }, t.UnknownRecord), { value: { env: 'TOKEN' } })
})

test('references are found wherever the codec has secrets and paths', () => {
  const at = (name: string): string => join(folder, name)
  const ref = { env: 'TOKEN' }
  const table: readonly (readonly [t.Any, unknown, unknown])[] = [
    [t.array(token), [ref, 'x'], ['abc', 'x']],
    [t.readonlyArray(path), ['a', 5], [at('a'), 5]],
    [t.record(t.string, token), { a: ref, b: 'x' }, { a: 'abc', b: 'x' }],
    [
      t.strict({ a: token, b: path, c: t.unknown }),
      { a: ref, b: 'b', c: ref },
      { a: 'abc', b: at('b'), c: ref },
    ],
    [t.partial({ a: optional(token) }), { a: ref }, { a: 'abc' }],
    [
      t.intersection([t.type({ a: token }), t.partial({ b: path })]),
      { a: ref, b: 'b' },
      { a: 'abc', b: at('b') },
    ],
    [t.tuple([path, token]), ['a', ref, ref], [at('a'), 'abc', ref]],
    [setting(optional(t.readonly(token)), {}), ref, 'abc'],
    [t.refinement(path, () => true), 'a', at('a')],
    [t.union([token, t.null]), ref, 'abc'],
    [t.union([t.literal('auto'), path]), 'auto', 'auto'],
    [t.union([t.literal('auto'), path]), 'a', at('a')],
    [t.type({ a: path }), { constructor: 'x', a: 5 }, { constructor: 'x', a: 5 }],
  ]
  for (const [codec, given, value] of table)
    assert.equal(resolved(given, codec), { value }, codec.name)
  assert.equal(resolved({ env: 'NOPE' }, t.union([token, t.null])), {
    problem: 'the variable NOPE is not set',
  })
})

test('a recursive codec is followed as deep as the value goes', () => {
  interface Tree {
    file: string
    kids: Tree[]
  }
  const tree: t.Type<Tree> = t.recursion('Tree', (self) =>
    t.type({ file: path, kids: t.array(self) }),
  )
  const value = { file: join(folder, 'a'), kids: [{ file: join(folder, 'b'), kids: [] }] }
  assert.equal(resolved({ file: 'a', kids: [{ file: 'b', kids: [] }] }, tree), { value })
})

test('paths count from a folder, or from home', () => {
  assert.is(resolvePath('a/../b', folder), resolve(folder, 'b'))
  assert.is(resolvePath('~', folder), homedir())
  assert.is(resolvePath('~/a', folder), `${homedir()}/a`)
  assert.is(resolvePath('~user/a', folder), resolve(folder, '~user/a'))
  for (const none of ['', 5, null, ['a']]) assert.equal(resolvePath(none, folder), none)
})

test.run()
