/** Log lines of other languages, as records of ours. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readRecord } from '../../src/host/log-record.js'
import type { LogFacts } from '../../src/ports/logger.js'

const test = suite('readRecord')

type Row = readonly [line: string, level: string, message: string, facts?: LogFacts]

const all = (source: string, rows: readonly Row[]): void => {
  for (const [line, level, message, facts = {}] of rows) {
    assert.equal(readRecord(line), { level, message, facts, source }, line)
  }
}

test("reads pino's records, without what our own log writes", () => {
  all('pino', [
    ['{"level":30,"time":1,"pid":7,"hostname":"h","msg":"ready"}', 'info', 'ready'],
    ['{"level":10,"msg":"a"}', 'trace', 'a'],
    ['{"level":60,"msg":"a"}', 'fatal', 'a'],
    ['{"level":35,"msg":"between"}', 'info', 'between'],
    ['{"level":70,"msg":"beyond"}', 'fatal', 'beyond'],
    [
      '{"level":50,"requestId":3,"err":{"type":"Error","stack":"at x"},"msg":"failed"}',
      'error',
      'failed',
      { requestId: 3, err: { type: 'Error', stack: 'at x' } },
    ],
    ['{"level":40,"a":{"b":1}}', 'warn', '', { a: { b: 1 } }],
  ])
})

test('reads the records of other JSON loggers', () => {
  all('pino', [
    ['{"level":"WARNING","message":"low","timestamp":"2024"}', 'warn', 'low'],
    ['{"severity":"CRITICAL","message":"gone","x":1}', 'fatal', 'gone', { x: 1 }],
    [
      '{"asctime":"2024","levelname":"ERROR","name":"asr","message":"no"}',
      'error',
      'no',
      { name: 'asr' },
    ],
    ['{"event":"loaded","level":"debug","timestamp":"2024"}', 'debug', 'loaded'],
    ['{"message":"only this"}', 'info', 'only this'],
    ['{"level":3,"msg":"of another scale"}', 'info', 'of another scale'],
    ['{"level":"constructor","msg":"no level"}', 'info', 'no level'],
  ])
})

test('takes JSON that is no record as text', () => {
  const lines = ['{"progress":0.5}', '{"event":"click"}', '{"level":3}', '{"level":30', '[1]', '{}']
  all(
    'text',
    lines.map((line) => [line, 'info', line]),
  )
})

test("reads the formats of Python's logging", () => {
  const facts = { logger: 'faster_whisper' }
  all('python', [
    ['WARNING:root:low on memory: 3 %', 'warn', 'low on memory: 3 %', { logger: 'root' }],
    ['CRITICAL:a.b:', 'fatal', '', { logger: 'a.b' }],
    ['2024-01-01 12:00:00,123 - faster_whisper - INFO - text - more', 'info', 'text - more', facts],
    ['[2024-01-01 12:00:00,123] ERROR in faster_whisper: text', 'error', 'text', facts],
    ['2024-01-01 12:00:00,123 DEBUG faster_whisper: text', 'debug', 'text', facts],
    [
      '2024-01-01 12:00:00.123 | SUCCESS  | app.main:run:12 - text',
      'info',
      'text',
      { logger: 'app.main:run:12' },
    ],
    [
      '[WARNING|trainer.py:12] 2024-01-01 12:00:00,123 >> text',
      'warn',
      'text',
      { logger: 'trainer.py:12' },
    ],
  ])
})

test('reads the formats of native libraries', () => {
  all('text', [
    [
      '[2024-01-01 12:00:00.123] [ctranslate2] [thread 77] [warning] text',
      'warn',
      'text',
      { logger: 'ctranslate2' },
    ],
    ['[2024-01-01 12:00:00,123][root][INFO] - text', 'info', 'text', { logger: 'root' }],
    [
      '2024-01-01 12:00:00.123456789 [W:onnxruntime:Default, graph.cc:12 Run] text',
      'warn',
      'text',
      { logger: 'onnxruntime:Default' },
    ],
    [
      '2024-01-01 12:00:00.123456: E tensorflow/core/x.cc:12] text',
      'error',
      'text',
      { logger: 'tensorflow/core/x.cc:12' },
    ],
    ['F0101 12:00:00.123456 1234 file.cc:12] text', 'fatal', 'text', { logger: 'file.cc:12' }],
    ['2024-01-01T12:00:00Z WARN  text', 'warn', 'text'],
    ['2024-01-01 12:00:00 [error] text', 'error', 'text'],
  ])
})

test('reads a level that stands before the text', () => {
  all('text', [
    ['INFO:     Started server process', 'info', 'Started server process'],
    ['error: no such file', 'error', 'no such file'],
    ['Debug: text', 'debug', 'text'],
    ['[warning] text', 'warn', 'text'],
    ['[ERROR] text', 'error', 'text'],
  ])
})

test('guesses what is an error, and what a warning', () => {
  const errors = [
    'Traceback (most recent call last):',
    'Error: boom',
    'TypeError: x is not a function',
    'Error [ERR_MODULE_NOT_FOUND]: no module',
    'torch.cuda.OutOfMemoryError: CUDA out of memory',
    'AssertionError',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    "thread 'main' panicked at src/main.rs:1:1:",
    'Segmentation fault (core dumped)',
    'sh: Killed',
  ]
  const warnings = [
    'Warning: deprecated',
    '/usr/lib/x.py:3: FutureWarning: text',
    '(node:12) [DEP0040] DeprecationWarning: punycode',
  ]
  const others = [
    'loading the model',
    'error rate 0.1',
    'No errors',
    '2024-01-01 12:00:00 error rate 0.1',
    'success: true',
    'the Error: inside',
    '  warnings.warn(',
  ]
  const whole = (level: string) => (line: string) => [line, level, line] as const
  all('text', [
    ...errors.map(whole('error')),
    ...warnings.map(whole('warn')),
    ...others.map(whole('info')),
  ])
})

test('removes what would move a cursor or colour a terminal', () => {
  all('text', [
    ['\x1b[1;31mERROR\x1b[0m: te\x07xt\x1b[K', 'error', 'text'],
    ['\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x9b2Jc\x1b(Bd\x00\x7f\x85', 'info', 'abcd'],
    ['\uFEFFtab\there', 'info', 'tab\there'],
    ['\x1b[0m', 'info', ''],
  ])
  all('pino', [['{"level":30,"msg":"a\\u001b[31mb\\nc"}', 'info', 'ab\nc']])
})

test('shortens a message to 8 KiB, and tears no character', () => {
  const kept = 'x'.repeat(8192)
  assert.is(readRecord(kept).message, kept)
  const { message } = readRecord('🎧'.repeat(3000))
  assert.is(message, `${'🎧'.repeat(2047)}…`)
  assert.ok(Buffer.byteLength(message) <= 8192)
})

test('takes linear time, whatever the line', () => {
  const size = 500_000
  const hostile = ['\x1b[', '\x1b]', 'a', ' ', 'Error', '2024-01-01 12:00:00 - a', '{', '[', '.:-']
  const before = process.cpuUsage()
  for (const part of hostile) {
    readRecord(part.repeat(size / part.length))
    readRecord(`2024-01-01 12:00:00 INFO ${part.repeat(size / part.length)}`)
  }
  assert.ok(process.cpuUsage(before).user < 2_000_000)
})

test.run()
