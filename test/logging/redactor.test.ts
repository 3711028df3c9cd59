import { inspect } from 'node:util'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redactor } from '../../src/logging/redactor.js'
import { RuntimeConfig } from '../../src/models/runtime-config.js'

const test = suite('redactor')

const plain = { keys: [], patterns: [], secrets: [] }
const redact = redactor(plain)
const seen = (value: unknown, by = redact): unknown => JSON.parse(by(JSON.stringify(value)))
/** Of each text, what is told. */
const texts = (cases: Readonly<Record<string, string>>, by = redact): void => {
  for (const [text, told] of Object.entries(cases)) {
    assert.equal(seen({ msg: text }, by), { msg: told })
    assert.equal(seen([{ [text]: 1 }], by), [{ [told]: 1 }])
  }
}

test('values of sensitive names are hidden, whatever they hold', () => {
  for (const name of [
    'password passwd passphrase pass_word secret token apiKey api_key API-KEY accessKey secretKey',
    'privateKey authorization Proxy-Authorization cookie setCookie Set-Cookie credential credentials',
    'accessToken refresh_token idToken clientSecret openaiApiKey db_password AWS_SECRET_ACCESS_KEY',
    'HF_TOKEN x-auth-token __password__ passwords secrets apiKeys',
    'pwd DB_PWD tokens access_tokens jwt id-jwt bearer signature sessionId session_id auth basicAuth',
  ]
    .join(' ')
    .split(' ')) {
    for (const value of ['x', '', ['x', 'y'], { a: { b: 'x' } }]) {
      assert.equal(seen({ at: [{ [name]: value, to: 1 }] }), { at: [{ [name]: '***', to: 1 }] })
    }
  }
})

test('numbers, booleans and null tell nothing', () => {
  const record = { password: true, token: 5, tokens: 5, auth: true, secret: null, apiKey: false }
  assert.equal(seen(record), record)
})

test('names that only look alike stay', () => {
  const record = {
    progressToken: 'p',
    maxTokens: 'many',
    prompt_tokens: ['a', 'b'],
    author: 'me',
    authority: 'x',
    jwtIssuer: 'x',
    sessionIds: 'x',
    tokenCount: 'x',
    eosToken: '</s>',
    key: 'whisper',
    keys: ['k'],
    accessKeyId: 'x',
    passed: 'yes',
    monkey: 'x',
  }
  assert.equal(seen(record), record)
})

test('credentials in texts are hidden, and so they are in names', () => {
  texts({
    'sent Bearer abc.def-123, failed': 'sent Bearer ***, failed',
    'is a bearer  abcdef': 'is a bearer  ***',
    'Basic dXNlcjpwYXNz': 'Basic ***',
    'https://user:pa:ss@host/x': 'https://user:***@host/x',
    'redis://:p@ss@host:1': 'redis://:***@host:1',
    'http://h/x?key=abc&x=1&token=d#f': 'http://h/x?key=***&x=1&token=***',
    'h?X-Goog-Signature=ab%20c&y=2&sig=z': 'h?X-Goog-Signature=***&y=2&sig=***',
    'h?api_key=a&apikey=b&access_token=c&password=d&secret=e&signature=f':
      'h?api_key=***&apikey=***&access_token=***&password=***&secret=***&signature=***',
    'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.ab_c-DEF.': 'jwt ***.',
    'sk-proj-0123456789abcdef': '***',
    'ghp_0123456789abcdef gho_0123456789abcdef': '*** ***',
    github_pat_0123456789abcdef_x: '***',
    'AKIAABCDEFGHIJKLMNOP and xoxb-0123456789-ab': '*** and ***',
    'a\nghp_0123456789abcdef\nb': 'a\n***\nb',
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\n\nMII\n-----END RSA PRIVATE KEY-----\nx':
      '-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nx',
    '-----BEGIN PRIVATE KEY-----\nMII cut off': '-----BEGIN PRIVATE KEY-----***',
  })
})

test('ordinary text stays', () => {
  const text =
    'Basic authentication of the bearer, http://host:80/a@b?keys=1, task-management-of-disk_usage_statistics, ' +
    'Unexpected token: }, max_tokens=5, tokens=12, isPassword=true, cookie: undefined, -----BEGIN CERTIFICATE-----'
  texts({ [text]: text })
})

test('values of sensitive names are hidden within texts, as code and JSON write them', () => {
  texts({
    'login password=hunter2!; next': 'login password=***; next',
    'body {"password": "a\\"b", "x": 1}': 'body {"password": "***", "x": 1}',
    'cut off {"token":"abc': 'cut off {"token":"***',
    'cut off {"token":"abc\\': 'cut off {"token":"***',
    [inspect({ apiKey: "it's", secret: 'y', n: 1 })]: `{ apiKey: "***", secret: '***', n: 1 }`,
    [`cookies: ${inspect(['a=b', 'c=d'])}, n: 1`]: 'cookies: [***], n: 1',
    'twice {\\"password\\":\\"x\\",': 'twice {\\"password\\":\\"***",',
  })
})

test('JSON in a text, and in that again, stays JSON', () => {
  const inner = JSON.stringify({ token: 'x', n: 1 })
  assert.equal(seen({ body: JSON.stringify({ inner, progressToken: 'p' }) }), {
    body: JSON.stringify({ inner: '{"token":"***","n":1}', progressToken: 'p' }),
  })
  const spaced = '{ "progressToken": "p" }'
  assert.equal(seen({ spaced }), { spaced })
})

test('headers in a text are hidden up to the end of their line', () => {
  texts({
    'GET /\nCookie: a=b; c=d\nHost: h': 'GET /\nCookie: ***\nHost: h',
    'Set-Cookie: sid=1; Path=/\r\nVary: *': 'Set-Cookie: ***\r\nVary: *',
    'X-Api-Key:abc def\nx': 'X-Api-Key:***\nx',
    'authorization: Digest user="me", response="x"': 'authorization: ***',
    'quoted "Cookie: a=b\\r\\nHost: h"': 'quoted "Cookie: ***\\r\\nHost: h"',
    [inspect({ cookie: 'a=b', n: 1 })]: "{ cookie: '***', n: 1 }",
  })
})

test('names of one’s own are whole names, without case, `_` and `-`', () => {
  const own = redactor({ ...plain, keys: ['patient_id', 'a"b', 'ä.b', '-_'] })
  const record = { patientId: 'x', PATIENT_ID: 'x', 'a"b': 'x', 'ä.b': 'x' }
  const hidden = Object.fromEntries(Object.keys(record).map((name) => [name, '***']))
  assert.equal(seen(record, own), hidden)
  const others = { inpatientId: 'x', patientIds: 'x', äxb: 'x', '': 'x' }
  assert.equal(seen(others, own), others)
  texts({ 'patientId=x\npatientId=y': 'patientId=***\npatientId=***' }, own)
})

test('patterns of one’s own see texts as they are, and may refer to their own groups', () => {
  const own = redactor({ ...plain, patterns: ['^"\\d+"$', '(.)\\1{3}', 'é\\n'] })
  for (const [text, told] of Object.entries({
    '"123"': '***',
    abbbbc: 'a***c',
    'é\nx': '***x',
    '123': '123',
  })) {
    assert.equal(seen([text], own), [told])
  }
})

test('patterns of one’s own leave names as they are, and a record its level', () => {
  const own = redactor({ ...plain, patterns: ['[a-z]+', '\\d+'] })
  const record = { level: 'info', time: 1, pid: 2, at: [{ level: 'info', n: 3 }], msg: 'no 4' }
  assert.equal(seen(record, own), { ...record, at: [{ level: '***', n: 3 }], msg: '*** ***' })
})

test('a pattern that matches nothing, too, hides what is something', () => {
  const own = redactor({ ...plain, patterns: ['x*', '\\b'] })
  assert.equal(seen(['axxb', ''], own), ['a***b', ''])
})

test('the config takes no pattern that matches nothing', () => {
  const takes = (pattern: string): boolean =>
    RuntimeConfig.decode({ log: { redact: { patterns: [pattern] } } })._tag === 'Right'
  assert.equal(['x+', '^\\d{3}$', 'x*', '^$', '('].map(takes), [true, true, false, false, false])
})

test('a pattern that is none is told of at once', () => {
  assert.throws(() => redactor({ ...plain, patterns: ['('] }), /Invalid regular expression/)
})

test('known secrets are hidden wherever they stand, also in JSON and in URLs', () => {
  const secret = 'q"u\\o te\n$(1)'
  const own = redactor({ ...plain, secrets: [secret, 'short', `${secret} and more`] })
  texts(
    {
      [`x${secret}y`]: 'x***y',
      [`${secret} and more`]: '***',
      [`json ${JSON.stringify(secret)}`]: 'json "***"',
      [`url ${encodeURIComponent(secret)}`]: 'url ***',
      'a short one': 'a short one',
    },
    own,
  )
  const broken = 'half \ud800 secret'
  assert.equal(seen([broken], redactor({ ...plain, secrets: [broken] })), ['***'])
})

test('a number that is a known secret is hidden, but for those that a record has of its own', () => {
  const own = redactor({ ...plain, secrets: ['123456', '-1.5e+300'] })
  const record = { level: 123456, time: 123456, pid: 123456, n: 1234567, msg: 'x' }
  assert.equal(seen({ ...record, at: [123456, -1.5e300, { pid: 123456 }] }, own), {
    ...record,
    at: ['***', '***', { pid: '***' }],
  })
})

test('a line keeps its end, and one without anything is the same text', () => {
  assert.is(redact('{"token":"x"}\n'), '{"token":"***"}\n')
  const spaced = '{ "x" : 1.0 }\n'
  assert.is(redact(spaced), spaced)
})

test('errors are hidden in what pino tells of them, with their causes', () => {
  const lines: string[] = []
  const log = pino({}, { write: (line) => lines.push(redact(line)) })
  const cause = Object.assign(new Error('Bearer 0123456789'), { password: 'hunter2' })
  const err = Object.assign(new Error('no: ?token=hunter2', { cause }), {
    config: { headers: { authorization: 'hunter2' } },
  })
  log.error({ err, also: Object.assign(new Error('x'), { toJSON: () => ({ secret: 'hunter2' }) }) })
  assert.not.match(lines.join(''), /hunter2|0123456789/)
  assert.is(lines.join('').split('\n').length, 2)
})

test('`__proto__` is a name as others', () => {
  const line = '{"__proto__":{"token":"x"},"a":1}'
  assert.is(redact(line), '{"__proto__":{"token":"***"},"a":1}')
})

test('what cannot be looked at is no line', () => {
  assert.throws(() => redact('{"token":'), /JSON/)
  const deep = `${'['.repeat(100_000)}{"token":"x"}${']'.repeat(100_000)}`
  assert.throws(() => redact(deep), RangeError)
  // Within a text, it is a text.
  assert.equal(seen([deep]), [deep.replace('"x"', '"***"')])
})

test('no text of a megabyte keeps it for long, as one would for minutes if a pattern took quadratic time', () => {
  const size = 2 ** 20
  for (const piece of [
    'eyJ',
    'eyJa.',
    'sk-',
    'token',
    'token"',
    'token:',
    'token:"',
    "token:'\\",
    'token=',
    'password: "\\"',
    'pass-',
    'pass_word_',
    '-token',
    'progress-',
    '?',
    '?key',
    '&a-',
    '?a_',
    '://',
    '://:',
    '://a:',
    '@',
    'basic ',
    'Basic a',
    'bearer ',
    ' ',
    '-',
    '\\',
    '"',
    '{"token":"',
    '[',
    'A',
    'AKIA',
    'hf_',
    '_',
    'key',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    '-----',
    'a.',
    'ssn',
    '=',
    'cookie: ',
    'cookie:\\',
    'tokens=1',
  ]) {
    const text = piece.repeat(size / piece.length)
    const own = redactor({ ...plain, keys: ['ssn'], secrets: ['aaaaaaaaab'] })
    const told = own(JSON.stringify({ text, other: `token="${text}`, token: text }))
    assert.is((JSON.parse(told) as { token: string }).token, '***')
  }
})

test.run()
