import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EngineSpec, planOf } from '../../src/host/engine-spec.js'

const test = suite('planOf')
const command = 'node'
const mistakes: readonly [object, RegExp][] = [
  [{ command: '' }, /it has no command/],
  [{ command: ['node', 'engine.js'] }, /it has no command/],
  [{ command, args: 'engine.js' }, /args wants an array of texts/],
  [{ command, args: ['--port', 5] }, /args wants an array of texts/],
  [{ command, args: ['a\0b'] }, /args wants .* without null characters/],
  [{ command, env: { PORT: 5 } }, /env wants texts/],
  [{ command, env: { A: 'x\0y' } }, /env wants texts/],
  [{ command, env: null }, /env wants texts/],
  [{ command, cwd: 5 }, /cwd wants a path/],
  [{ command, inherit: 'HF_*' }, /inherit wants an array of texts/],
  [{ command, idempotent: 'work' }, /idempotent wants an array of texts/],
  [{ command, framing: 'lsp' }, /framing wants 'ndjson' or 'content-length'/],
  [{ command, replays: -1 }, /replays wants a number, 0 or more/],
  [{ command, queue: Number.NaN }, /queue wants a number, 0 or more/],
  [{ command, queue: '5' }, /queue wants a number, 0 or more/],
]

test('names the engine and what is wrong', () => {
  for (const [spec, problem] of mistakes) {
    assert.throws(
      () => planOf('asr', spec as EngineSpec),
      (error: Error) =>
        error instanceof TypeError &&
        error.message.startsWith('The engine asr: ') &&
        problem.test(error.message),
      JSON.stringify(spec),
    )
  }
})

test('takes what a command may be', () => {
  const { command: planned } = planOf('asr', {
    command,
    args: ['engine.js'],
    env: { A: '', B: undefined },
    inherit: 'all',
    framing: 'content-length',
    queue: Infinity,
    replays: 0,
  })
  assert.equal(planned, {
    command,
    args: ['engine.js'],
    env: { A: '', B: undefined },
    inherit: 'all',
  })
})

test.run()
