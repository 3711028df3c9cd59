/** YAML and JSON as plain values with their places. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { ConfigError, type Problem } from '../../src/config/problem.js'
import { parseTree } from '../../src/config/yaml-tree.js'

const test = suite('yaml tree')

const read = (text: string, name = 'c.yaml'): unknown => parseTree(text, name).value

const problemsOf = (text: string, name = 'c.yaml'): readonly Problem[] => {
  try {
    parseTree(text, name)
    return []
  } catch (error) {
    assert.instance(error, ConfigError)
    return (error as ConfigError).problems
  }
}

const told = (text: string, name?: string): readonly string[] =>
  problemsOf(text, name).map(({ source, key, message }) => `${source} ${key}: ${message}`)

test('a value stands where its key begins', () => {
  const text = [
    'log:', //                               1
    '  level: info', //                      2
    '  "file" : { path: a, keep: 5 }', //    3
    '# a comment', //                        4
    'methods:', //                           5
    '  models.load: &load', //               6
    '    stages: [limit, "x y"]', //         7
    '  add: *load', //                       8
    'list:', //                              9
    '- a', //                                10
    '- b: 1', //                             11
    '  c: 2', //                             12
    '? explicit', //                         13
    ': 5', //                                14
    'größe: {π: 1, 😀: 2, z: 3}', //         15
  ].join('\n')
  const places: readonly (readonly [string, ...string[]])[] = [
    ['1:1', 'log'],
    ['2:3', 'log', 'level'],
    ['3:3', 'log', 'file'],
    ['3:14', 'log', 'file', 'path'],
    ['3:23', 'log', 'file', 'keep'],
    ['3:3', 'log', 'file', 'absent', 'below'],
    ['6:3', 'methods', 'models.load'],
    ['7:5', 'methods', 'models.load', 'stages'],
    ['7:14', 'methods', 'models.load', 'stages', '0'],
    ['7:21', 'methods', 'models.load', 'stages', '1'],
    ['8:3', 'methods', 'add'],
    ['7:5', 'methods', 'add', 'stages'],
    ['10:3', 'list', '0'],
    ['11:3', 'list', '1', 'b'],
    ['12:3', 'list', '1', 'c'],
    ['13:3', 'explicit'],
    ['15:9', 'größe', 'π'],
    ['15:15', 'größe', '😀'],
    ['15:22', 'größe', 'z'], // in units of UTF-16, as editors count
  ]
  for (const ending of ['\n', '\r\n']) {
    const { sourceOf } = parseTree(text.replaceAll('\n', ending), 'c.yaml')
    for (const [place, ...path] of places) {
      assert.is(sourceOf(path), `c.yaml:${place}`, path.join(' '))
    }
    assert.is(sourceOf(['nowhere']), 'c.yaml')
    assert.is(sourceOf([]), 'c.yaml')
  }
})

test('nothing is in a file that is empty, or has comments only', () => {
  for (const text of ['', '\n', '# a\n# b\n', '---\n...\n', '---\n', 'null', '\uFEFF']) {
    assert.is(read(text), null, JSON.stringify(text))
  }
  assert.is(read('', 'c.json'), null)
})

test('words, dates and octal numbers are read as YAML 1.2 has them, whatever a directive says', () => {
  const text = 'a: yes\nb: 010\nc: 2020-01-01\nd: 1:30\ne: 0o17\nf: 0x1F\ng: ~\nh: 1e3\ni: "5"'
  const value = { a: 'yes', b: 10, c: '2020-01-01', d: '1:30', e: 15, f: 31, g: null, h: 1000 }
  assert.equal(read(text), { ...value, i: '5' })
  assert.equal(read(`%YAML 1.1\n---\n${text}`), { ...value, i: '5' })
})

test('a key is what was written, not the number it looks like', () => {
  const value = read('1.10: a\n007: b\n~: c\ntrue: d\n1e3: e\n0x10: f') as object
  assert.equal(Object.entries(value).flat().join(' '), '1.10 a 007 b ~ c true d 1e3 e 0x10 f')
})

test('keys that JavaScript has plans for are keys like others', () => {
  const value = read('__proto__: {a: 1}\nconstructor: 2\ntoString: 3') as object
  assert.equal(Object.keys(value), ['__proto__', 'constructor', 'toString'])
  assert.is(Object.getPrototypeOf(value), Object.prototype)
})

test('a setting that is set twice is refused where it is set again', () => {
  assert.equal(told('a: 1\nb:\n  c: 1\n  d: 1\n  c: 2\na: 3'), [
    'c.yaml:5:3 b.c: it is set twice, before this in line 3',
    'c.yaml:6:1 a: it is set twice, before this in line 1',
  ])
  assert.equal(told('1: a\n"1": b').length, 1)
  assert.match(told('{"a": 1, "a": 2}', 'c.json')[0] ?? '', /^c\.json:1:10 a: it is set twice/)
})

const faulty: readonly (readonly [string, string])[] = [
  ['a:\n\tb: 1', 'c.yaml:2:1 : a tab: YAML is indented with spaces'],
  ['a: 1\n---\nb: 2', 'c.yaml:2:1 : a second document begins here: a config file holds one'],
  ['a: {b: 1}\nc:\n  <<: {b: 2}', 'c.yaml:3:3 c: YAML 1.2 has no merge keys (<<)'],
  ['a: &a\n  b: *a', 'c.yaml:2:6 a.b: an alias of what it stands in'],
  ['a: *b', 'c.yaml:1:4 a: an alias of nothing'],
  ['a: !!js/function "x"', 'c.yaml:1:4 : tags have no meaning here'],
  ['a: !!timestamp 2020-01-01', 'c.yaml:1:4 : tags have no meaning here'],
  ['a: !!binary aGk=', 'c.yaml:1:4 : tags have no meaning here'],
  ['a: !!set {b}', 'c.yaml:1:4 : tags have no meaning here'],
  ['a: !env HOME', 'c.yaml:1:4 : tags have no meaning here'],
  ['{a: 1}: 2', 'c.yaml:1:1 : a key must be a text'],
  ['? [a]\n: 2', 'c.yaml:1:3 : a key must be a text'],
  ['a: "\\q"', 'c.yaml:1:5 : there is no such escape'],
  ['a: @b', 'c.yaml:1:4 : a text that begins with @'],
  ['a: b: c', 'c.yaml:1:4 : two settings in one line'],
  ['a: b\n- c', 'c.yaml:2:1 : expected KEY: VALUE here'],
]

test('what is no YAML, or means more than a value, is refused with what to do about it', () => {
  for (const [text, expected] of faulty) {
    const lines = told(text)
    assert.is(lines.length, 1, `${text}: ${lines.join(' and ')}`)
    assert.ok(lines[0]?.startsWith(expected), `${text}: ${lines[0]}`)
  }
})

test('a text that was not put in quotes is not repeated', () => {
  const word = 'hunter2'
  const texts = [
    ...[`*${word}`, `!${word}`, `!${word} x`, `!!${word}`, `@${word}`, `%${word}`, `\`${word}`],
    ...[`"x" ${word}`, `"${word}`, `'${word}`, `"\\${word}"`, `{${word}`, `[${word}`, `x: ${word}`],
    ...[`|${word}`, `>-\n${word}: |${word}`, `x]\n${word}`, `&a *${word}`, `&a &${word} b`],
    ...[`x\n%${word}\n---`, `"\\x${word}"`, `{"a" ${word}}`, `[a, ${word}: b: c]`],
  ]
  for (const text of texts) {
    for (const name of ['c.yaml', 'c.json']) {
      const inside = `${name === 'c.json' ? '{"token": ' : 'token: '}${text}`
      assert.not.match(told(inside, name).join('\n'), /unter2/, inside)
    }
  }
  assert.is(told(`%${word}\n---\na: 1`).length, 1)
  assert.not.match(told(`%${word}\n---\na: 1`).join(), /unter2/)
})

const noJson: readonly (readonly [string, string])[] = [
  ['{a: 1}', '1:2'],
  ['{"a": b}', '1:7'],
  ['{"a": 1,}', '1:8'],
  ['{"a": [1,\n2,\n]}', '2:2'],
  ["{'a': 1}", '1:2'],
  ['{"a": 1} # b', '1:10'],
  ['{"a": 01}', '1:7'],
  ['{"a": .5}', '1:7'],
  ['{"a": True}', '1:7'],
  ['a: 1', '1:1'],
  ['{"a"}', '1:1'],
  ['"a": 1', '1:1'],
]

test('a file that is called JSON has to be JSON, and is told where it is not', () => {
  for (const [text, place] of noJson) {
    const message = 'this is no JSON: name the file .yaml if it is YAML'
    assert.equal(told(text, 'c.json'), [`c.json:${place} : ${message}`], text)
  }
  const good = '{"a": [1, -2.5e+3, true, false, null], "b\\n\\"": {"c": "d\\u00e9"}}'
  assert.equal(read(good, 'c.json'), JSON.parse(good))
})

test('small files that would become large, and deep ones, are refused', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [i, name] of [...'bcdefgh'].entries()) {
    const of = `*${'abcdefgh'[i]}`
    bomb.push(`${name}: &${name} [${Array(10).fill(of).join(', ')}]`)
  }
  assert.match(told(bomb.join('\n')).join(), /it holds more than 100000 values/)
  const chain = Array.from({ length: 2000 }, (_, i) => `k${i}: &k${i} [${i ? `*k${i - 1}` : 'x'}]`)
  assert.match(told(chain.join('\n')).join(), /it nests too deep$/)
  const depth = 1200
  for (const [open, close] of ['[]', '{}'].map((pair) => [...pair] as [string, string])) {
    const inner = open === '{' ? '{a: ' : '['
    assert.match(told(inner.repeat(depth) + close.repeat(depth)).join(), /it nests too deep/)
    assert.is(problemsOf(inner.repeat(depth)).length, 1)
  }
  assert.match(told('- '.repeat(depth)).join(), /it nests too deep/)
  const levels = 99
  assert.equal(told('['.repeat(levels) + ']'.repeat(levels)), [])
})

test('aliases stand for what they name', () => {
  assert.equal(read('a: &x {b: 1}\nc: *x\nd: [*x, *x]'), {
    a: { b: 1 },
    c: { b: 1 },
    d: [{ b: 1 }, { b: 1 }],
  })
  const again = 'a: &x 1\nb: &y {c: &x 2}\nd: &x 3\ne: *y\nf: *x'
  assert.equal(read(again), { a: 1, b: { c: 2 }, d: 3, e: { c: 2 }, f: 3 })
})

test('any tree reads as it was written', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'medium' }), (tree) => {
      const json = JSON.stringify(tree)
      assert.equal(read(json, 'c.json'), JSON.parse(json))
      assert.equal(read(stringify(JSON.parse(json))), JSON.parse(json))
    }),
    { examples: [[{ __proto__: 1 } as never], [{ '': [''] }]] },
  )
})

test('any text is a tree or a ConfigError', () => {
  const parts = fc.constantFrom(
    ...['a', ': ', '\n', '  ', '- ', '[', ']', '{', '}', ',', '"', "'", '&a ', '*a', '!t ', '|\n'],
    ...['<<: ', '? ', '#', '%YAML 1.1', '---\n', '...\n', '\t', '\r\n', '\uFEFF', '~', '1', '\\x'],
  )
  const texts = fc.oneof(
    fc.array(parts, { maxLength: 30 }).map((some) => some.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(texts, fc.constantFrom('c.yaml', 'c.json'), (text, name) => {
      for (const { source } of problemsOf(text, name)) assert.match(source, /^c\.\w+:\d+:\d+$/)
    }),
    { numRuns: 500 },
  )
})

test('what is read is what the parser reads by itself', () => {
  const texts = [
    'a: |\n  b\n  c\n',
    'a: >-\n  b\n  c\n',
    "a: 'it''s'",
    'a: -0',
    'a: 1e999',
    'a: .inf',
  ]
  for (const text of texts) assert.equal(read(text), parse(text), text)
})

test.run()
