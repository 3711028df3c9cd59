import { of, Subject } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RpcError, rpcError } from '../../src/protocol/rpc-error.js'
import { Models } from '../../src/speech/models.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'
import { stubBackend } from './stub-backend.js'

const test = suite('models')
const never = { signal: new AbortController().signal, trace: {} }
const onCpu = { device: 'cpu', computeType: 'int8' }

const setUp = (keepAliveMs = 1000) => {
  const clock = virtualClock()
  const backend = stubBackend()
  const told: string[] = []
  const models = new Models(backend, {
    ...{ clock, keepAliveMs: () => keepAliveMs, loadOptions: () => ({}) },
    told: (model, event) => told.push(`${model} ${event}`),
  })
  /** Uses a model until the function that it gives is called. */
  const use = (model = 'small', caller = never) => {
    const ends = new Subject<number>()
    const used = { loadMs: -1, failed: undefined as RpcError | undefined, hasEnded: false }
    models
      .using(
        model,
        caller,
        () => {},
        ({ loadMs }) => {
          used.loadMs = loadMs
          return ends
        },
      )
      .subscribe({
        error: (error) => {
          used.failed = error
        },
        complete: () => {
          used.hasEnded = true
        },
      })
    return { used, end: () => ends.complete() }
  }
  const stateOf = async (model = 'small') =>
    (await models.list()).models.find((it) => it.model === model)?.state
  return { clock, backend, told, models, use, stateOf, asked: backend.asked }
}

test('unloads a model that nobody has used for as long as it is kept', async () => {
  const { clock, asked, told, use, stateOf } = setUp()
  const { end } = use()
  await clock.advance(5000)
  assert.is(await stateOf(), 'loaded')
  end()
  await clock.advance(999)
  assert.is(await stateOf(), 'loaded')
  await clock.advance(1)
  assert.equal(
    [asked, told, await stateOf()],
    [['load small', 'unload small'], ['small expired'], 'available'],
  )
})

test('counts from the end of the last call', async () => {
  const { clock, asked, use } = setUp()
  const [one, other] = [use(), use()]
  await clock.advance(0)
  one.end()
  await clock.advance(900)
  other.end()
  await clock.advance(900)
  use().end()
  await clock.advance(900)
  assert.equal(asked, ['load small'])
  await clock.advance(100)
  assert.equal(asked, ['load small', 'unload small'])
})

test('keeps a model for ever, or not at all, as its load says', async () => {
  const { clock, asked, models, use } = setUp()
  await models.load({ model: 'small', ...onCpu, keepAliveMs: -1 }, never)
  await models.load({ model: 'large', ...onCpu, keepAliveMs: 0 }, never)
  await clock.advance(1e9)
  assert.equal(asked, ['load small cpu', 'load large cpu'])
  const [small, large] = [use('small'), use('large')]
  await clock.advance(0)
  small.end()
  large.end()
  await clock.advance(0)
  assert.equal(asked.slice(2), ['unload large'])
  await clock.advance(1e9)
  assert.equal(asked.slice(2), ['unload large'])
})

test('loads again as it was asked for last, until it is unloaded by hand', async () => {
  const { clock, asked, models, use } = setUp()
  await models.load({ model: 'small', ...onCpu, device: 'cuda' }, never)
  await clock.advance(1000)
  use().end()
  await clock.advance(1000)
  await models.unload({ model: 'small' })
  use().end()
  await clock.advance(0)
  assert.equal(
    asked.filter((it) => it.startsWith('load')),
    ['load small cuda', 'load small cuda', 'load small'],
  )
})

test('a load that does not say how takes it as it is, or as it was asked for last', async () => {
  const { clock, asked, models, use } = setUp()
  await models.load({ model: 'small', device: 'cuda', cpuThreads: 3 }, never)
  await models.load({ model: 'small' }, never)
  assert.equal(asked, ['load small cuda'])
  await clock.advance(1000)
  await models.load({ model: 'small' }, never)
  assert.equal(asked, ['load small cuda', 'unload small', 'load small cuda'])
  await models.load({ model: 'small', cpuThreads: 4 }, never)
  assert.equal(asked.at(-1), 'load small', 'another way is the whole way')
  use().end()
})

test('does not load what is loaded in the same way', async () => {
  const { clock, asked, models, use } = setUp()
  const { end } = use() // in the default way, which is on the CPU
  await clock.advance(0)
  await models.load({ model: 'small', ...onCpu }, never)
  assert.equal(asked, ['load small'])
  end()
})

test('waits for those who use a model before it is loaded in another way, or unloaded', async () => {
  const { clock, asked, models, use } = setUp()
  const { end } = use()
  await clock.advance(0)
  const loading = models.load({ model: 'small', ...onCpu, device: 'cuda' }, never)
  await clock.advance(10)
  assert.equal(asked, ['load small'])
  end()
  await loading
  const second = use()
  await clock.advance(0)
  const unloading = models.unload({ model: 'small', hard: true })
  await clock.advance(10)
  assert.equal(asked, ['load small', 'load small cuda'])
  second.end()
  await unloading
  assert.equal(asked, ['load small', 'load small cuda', 'unload small hard'])
})

test('who comes for a model that is being unloaded loads it again, in the default way', async () => {
  const { clock, asked, models, use } = setUp()
  await models.load({ model: 'small', ...onCpu }, never)
  const first = use()
  await clock.advance(0)
  const unloading = models.unload({ model: 'small' })
  const second = use()
  first.end()
  await unloading
  await clock.advance(0)
  assert.equal(asked, ['load small cpu', 'unload small', 'load small'])
  second.end()
})

test('a load that was cancelled leaves the model to the next who wants it', async () => {
  const { clock, backend, asked, use, stateOf } = setUp()
  const abort = new AbortController()
  backend.loading = (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(rpcError('RequestCancelled', ''))),
    )
  const { used } = use('small', { signal: abort.signal, trace: {} })
  await clock.advance(0)
  assert.is(await stateOf(), 'loading')
  const waiting = use()
  backend.loading = async () => {}
  abort.abort()
  await clock.advance(0)
  assert.is(used.failed?.kind, 'RequestCancelled')
  assert.equal(asked, ['load small', 'load small'])
  assert.is(waiting.used.loadMs, 0)
  waiting.end()
})

test('a call that was cancelled while others loaded the model loads nothing', async () => {
  const { clock, backend, models, asked, use } = setUp()
  backend.loading = () =>
    new Promise((_, reject) => clock.setTimer(() => reject(new Error('broken')), 10))
  const abort = new AbortController()
  use()
  await clock.advance(0)
  const { used } = use('small', { signal: abort.signal, trace: {} })
  abort.abort()
  await clock.advance(10)
  assert.is(used.failed?.kind, 'RequestCancelled')
  assert.equal(asked, ['load small'])
  assert.is((await models.list()).models[0]?.state, 'available')
})

test('a model whose time ends when somebody comes for it stays', async () => {
  const { clock, asked, use } = setUp()
  use().end()
  await clock.advance(0)
  const first = use()
  await clock.advance(0)
  clock.setTimer(() => void use(), 1000) // ahead of the model's own
  first.end()
  await clock.advance(1000)
  assert.equal(asked, ['load small'])
})

test('a call that ended while it waited for a load uses nothing', async () => {
  const { clock, asked, models, use } = setUp()
  const begun: string[] = []
  models
    .using(
      'small',
      never,
      () => {},
      () => {
        begun.push('work')
        return of(1)
      },
    )
    .subscribe()
    .unsubscribe()
  await clock.advance(0)
  assert.equal(begun, [])
  await models.unload({ model: 'small' }) // waits for nobody
  use().end()
  assert.equal(asked, ['load small', 'unload small'])
})

test('work that throws is an error of the call, and uses the model no longer', async () => {
  const { clock, models, asked } = setUp()
  const errors: unknown[] = []
  const failing = (): never => {
    throw new Error('no such option')
  }
  models.using('small', never, () => {}, failing).subscribe({ error: (it) => errors.push(it) })
  await clock.advance(0)
  assert.equal(errors, [new Error('no such option')])
  await models.unload({ model: 'small' })
  assert.equal(asked, ['load small', 'unload small'])
})

test('what has ended with its process is loaded again', async () => {
  const { clock, asked, models, use, stateOf } = setUp()
  const { end } = use()
  await clock.advance(0)
  models.gone()
  assert.is(await stateOf(), 'available')
  end()
  await clock.advance(0)
  assert.equal(asked, ['load small', 'unload small'], 'who used it may have had it loaded again')
  await clock.advance(5000)
  use().end()
  await clock.advance(0)
  assert.equal(asked.slice(2), ['load small'])
})

test('what has ended with its process, and was loaded for the next who came, stays', async () => {
  const { clock, asked, models, use, stateOf } = setUp()
  const first = use()
  await clock.advance(0)
  models.gone()
  const second = use()
  first.end()
  await clock.advance(0)
  assert.is(await stateOf(), 'loaded')
  second.end()
  await clock.advance(999)
  assert.equal(asked, ['load small', 'load small'])
})

test('all models are gone with the process that held one', async () => {
  const { clock, asked, models, use, stateOf } = setUp()
  await models.load({ model: 'large', ...onCpu }, never)
  await models.load({ model: 'small', ...onCpu }, never)
  await models.unload({ model: 'small', hard: true })
  assert.is(await stateOf('large'), 'available')
  use('large').end()
  await clock.advance(0)
  assert.equal(asked.slice(2), ['unload small hard', 'load large cpu'])
})

test('tells how long a load took', async () => {
  const { clock, backend, models } = setUp()
  backend.loading = () => new Promise((resolve) => clock.setTimer(resolve, 300))
  const loading = models.load({ model: 'small', ...onCpu }, never)
  await clock.advance(300)
  assert.equal(await loading, { model: 'small', loadMs: 300, rssBytes: 1 })
  assert.is((await models.load({ model: 'small', ...onCpu }, never)).loadMs, 0)
})

test('says which model there is for one that there is not', async () => {
  const { models } = setUp()
  try {
    await models.unload({ model: 'smal' })
    assert.unreachable()
  } catch (error) {
    assert.is((error as RpcError).kind, 'ModelNotFound')
    assert.match((error as RpcError).message, 'Did you mean small?')
  }
})

test('a model that expires and cannot be unloaded is told of', async () => {
  const { clock, backend, told, use } = setUp()
  backend.unload = async () => {
    throw new Error('stuck')
  }
  const { end } = use()
  await clock.advance(0)
  end()
  await clock.advance(1000)
  assert.equal(told, ['small stuck'])
})

test.run()
