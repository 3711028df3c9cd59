import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigError } from '../../src/config/problem.js'
import { t } from '../../src/index.js'
import type { RuntimeConfig } from '../../src/models/runtime-config.js'
import type { ConfigChange, ConfigUser, EngineSettings } from '../../src/ports/config.js'
import { isRpcError } from '../../src/protocol/rpc-error.js'
import { secret } from '../../src/protocol/secret.js'
import { optional, setting } from '../../src/protocol/setting.js'
import { liveOf, subject } from './config-of.js'

const test = suite('live config')

const own = t.strict({
  model: setting(t.string, { default: 'base' }),
  threads: setting(t.number, { default: 2, reload: 'hot' }),
  device: setting(t.string, { default: 'cpu', reload: 'drain-restart' }),
  token: setting(t.union([secret(t.string), t.undefined]), { reload: 'hot' }),
})
const about = subject(own, ['add'])

/** A config whose file a test writes, with a user that notes what it is told. */
const running = (first: string | undefined) => {
  let text = first
  const live = liveOf(about, () => text)
  const applied: EngineSettings[] = []
  const logged: RuntimeConfig['log'][] = []
  const looks: ConfigChange[] = []
  const user: { fault: string | undefined } & ConfigUser = {
    fault: undefined,
    apply: (settings) => {
      if (user.fault === undefined) applied.push(settings)
      return user.fault
    },
    looked: (change) => looks.push(change),
  }
  live.use(user)
  live.onApply = ({ log }) => logged.push(log)
  const write = (next: string | undefined): void => {
    text = next
  }
  return { live, write, user, applied, logged, looks }
}

/** What was thrown, which is no Error and so nothing for uvu. */
const refusal = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    if (isRpcError(error)) return error.facts['problems']
    throw error
  }
}

test('a reload puts hot settings in force, and says what waits for the next start', () => {
  const { live, write, applied, logged, looks } = running('log: {level: info}\nlimits: {batch: 5}')
  write(
    'log: {level: debug}\nlimits: {batch: 6, maxInFlight: 3}\nengines: {demo: {model: tiny, threads: 4}}',
  )
  const change = live.reload('SIGHUP')
  assert.equal(change, {
    result: 'applied',
    cause: 'SIGHUP',
    changed: ['log.level', 'engines.demo.threads', 'limits.maxInFlight'],
    pending: ['limits.batch', 'engines.demo.model'],
    problems: [],
  })
  assert.equal(looks, [change])
  assert.is(applied.length, 1)
  const { own: section, limit, limits } = applied[0] as EngineSettings
  assert.equal(section, { model: 'base', threads: 4, device: 'cpu', token: undefined })
  assert.equal(limit, { concurrency: 3 })
  assert.is(limits.batch, 5)
  assert.equal(
    logged.map(({ level }) => level),
    ['debug'],
  )
})

test('what has not changed is not put in force again', () => {
  const { live, applied, looks } = running('drain: 1s')
  assert.is(live.reload('config.reload').result, 'unchanged')
  assert.equal(applied, [])
  assert.is(looks.length, 1)
})

test('a setting that is taken out of the file goes back to its default', () => {
  const { live, write, applied } = running('deadline: 5s\nlimits: {maxInFlight: 3}')
  assert.is(live.settings.deadline, 5000)
  write('# nothing')
  assert.equal(live.reload('SIGHUP').changed, ['deadline', 'limits.maxInFlight'])
  assert.is(applied[0]?.deadline, undefined)
  assert.is(applied[0]?.limit, undefined)
})

test('a file that does not fit is rejected as a whole, with every problem, and what was in force stays', () => {
  const { live, write, applied, looks } = running('drain: 1s\nlog: {level: warn}')
  write('drain: 2s\nlog: {level: loud}\ndeadlin: 5s')
  const { result, problems, changed } = live.reload('SIGHUP')
  assert.is(result, 'rejected')
  assert.equal(changed, [])
  assert.equal(
    problems.map(({ source, key }) => `${source} ${key}`),
    ['test.yaml:2:7 log.level', 'test.yaml:3:1 deadlin'],
  )
  assert.equal(applied, [])
  assert.is(live.config.drain, 1000)
  assert.is(looks[0]?.result, 'rejected')
})

test('a file that is neither YAML nor there any more is rejected, too', () => {
  const { live, write } = running('drain: 1s')
  write('drain: [1s')
  const { result, problems } = live.reload('SIGHUP')
  assert.is(result, 'rejected')
  assert.match(problems[0]?.source ?? '', /^test\.yaml:1:/)
  assert.is(live.config.drain, 1000)
})

test('settings that the engine cannot take are not in force anywhere', () => {
  const { live, write, user, logged } = running('drain: 1s')
  user.fault = 'no such stage'
  write('drain: 2s\nlog: {level: debug}')
  const { result, problems } = live.reload('SIGHUP')
  assert.is(result, 'rejected')
  assert.equal(problems, [{ source: '', key: '', message: 'no such stage' }])
  assert.equal(logged, [])
  assert.is(live.config.drain, 1000)
  user.fault = undefined
  assert.equal(live.reload('SIGHUP').changed, ['log.level', 'drain'])
})

test('a section that is judged as a whole is one setting', () => {
  const limits = t.strict({ least: t.number, most: t.number })
  const range = t.refinement(limits, ({ least, most }) => least <= most, 'a range')
  const pair = t.strict({ range: setting(range, { default: { least: 1, most: 5 } }) })
  let text = ''
  const live = liveOf(subject(pair), () => text)
  text = 'engines: {demo: {range: {least: 7, most: 9}}}'
  assert.equal(live.reload('SIGHUP').pending, ['engines.demo.range'])
  text = 'engines: {demo: {range: {least: 9, most: 7}}}'
  assert.match(
    live.reload('SIGHUP').problems[0]?.message ?? '',
    /^expected a range, found a section/,
  )
})

test('config.set wins over all other layers, until null takes it back', () => {
  const { live, write, applied } = running('drain: 1s')
  assert.equal(live.set('drain', '3s').changed, ['drain'])
  write('drain: 9s')
  assert.is(live.reload('SIGHUP').result, 'unchanged')
  assert.is(live.config.drain, 3000)
  assert.equal(
    live.get('drain').map(({ layer, source }) => [layer, source]),
    [['runtime', 'config.set']],
  )
  assert.equal(live.set('drain', null).changed, ['drain'])
  assert.is(live.config.drain, 9000)
  assert.equal(
    applied.map(({ drainMs }) => drainMs),
    [3000, 9000],
  )
})

test('config.set refuses unknown, cold and unfitting values, and tells none of them', () => {
  const { live, applied } = running(undefined)
  const cases: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['drian', 1, '/key', /no such setting\. Did you mean drain\?/],
    ['log', {}, '/key', /section/],
    ['limits.batch', 5, '/key', /drain-restart/],
    ['engines.demo.model', 'x', '/key', /cold/],
    ['drain', 'soonish', '/value', /duration/],
    ['engines.demo.token', 'hunter5555555', '/value', /\{file\} or \{env\}/],
    ['engines.demo.token', { env: 'NOPE' }, '/value', /the variable NOPE is not set/],
    ['drain', undefined, '/value', /null to take it back/],
    ['log.level', 'loud', '/value', /trace/],
  ]
  for (const [key, value, path, expected] of cases) {
    const problems = refusal(() => live.set(key, value))
    assert.match(JSON.stringify(problems), expected)
    assert.is((problems as { path: string }[])[0]?.path, path, key)
    assert.not.match(JSON.stringify(problems), /soonish|5555555|loud/)
  }
  assert.equal(applied, [])
  assert.is(live.reload('SIGHUP').result, 'unchanged')
})

test('config.set minds no fault of the file, and a secret is set by where it is', () => {
  let text = 'drain: 1s'
  const live = liveOf(about, () => text, { env: { KEY: 'from-env' } })
  text = 'drain: [broken'
  assert.is(live.reload('SIGHUP').result, 'rejected')
  assert.equal(live.set('log.level', 'debug').changed, ['log.level'])
  assert.equal(live.set('engines.demo.token', { env: 'KEY' }).changed, ['engines.demo.token'])
  const { token } = live.settings.own as t.TypeOf<typeof own>
  assert.is(token?.reveal(), 'from-env')
})

test('the own section is the same object until a setting of it has changed', () => {
  const { live, write } = running('drain: 1s')
  const before = live.settings.own
  write('drain: 2s\nlog: {level: debug}')
  live.reload('SIGHUP')
  assert.is(live.settings.own, before)
  live.set('engines.demo.threads', 3)
  assert.is.not(live.settings.own, before)
})

test('a file that is gone changes nothing, and is told of', () => {
  const { live, write } = running('drain: 1s')
  write(undefined)
  const { result, problems } = live.reload('SIGHUP')
  assert.is(result, 'rejected')
  assert.match(problems[0]?.message ?? '', /^it is gone; what it set stays in force/)
  assert.is(live.config.drain, 1000)
})

test('a new section that is whole only with cold settings waits with all of them, and nothing else does', () => {
  const tls = t.strict({
    cert: t.string,
    verbose: setting(t.boolean, { default: false, reload: 'hot' }),
  })
  let text = ''
  const live = liveOf(subject(t.strict({ tls: optional(tls) })), () => text)
  text = 'errors: {expose: none}\nengines: {demo: {tls: {cert: x, verbose: true}}}'
  const { result, changed, pending } = live.reload('SIGHUP')
  assert.is(result, 'applied')
  assert.equal(changed, ['errors.expose'])
  assert.equal(pending, ['engines.demo.tls.cert', 'engines.demo.tls.verbose'])
})

test('who hides secrets is told of them before anybody can tell them', () => {
  const { live, user } = running(undefined)
  const order: string[] = []
  live.beforeApply = ({ engines }) => {
    const { token } = (engines as { demo: t.TypeOf<typeof own> }).demo
    order.push(`before ${token?.reveal()}`)
  }
  user.apply = () => {
    order.push('apply')
    return undefined
  }
  live.onApply = () => order.push('after')
  live.set('drain', 5)
  assert.equal(order, ['before undefined', 'apply', 'after'])
})

test('a level that was set at run time outlives a reload', () => {
  const { live, write, logged } = running('log: {level: info}')
  live.logLevelChanged('trace', undefined)
  live.logLevelChanged('error', 'decoder.fast')
  write('log: {level: warn}\ndrain: 2s')
  live.reload('SIGHUP')
  assert.equal(logged.at(-1)?.level, 'trace')
  assert.equal(logged.at(-1)?.modules, { 'decoder.fast': 'error' })
})

test('config.get tells where each value comes from, and no secret', () => {
  const { live } = running('engines: {demo: {token: abcdef}}\ndrain: 2s')
  assert.equal(live.get('engines.demo.token'), [
    {
      key: 'engines.demo.token',
      value: '***',
      layer: 'file',
      source: 'test.yaml:1:18',
      reload: 'hot',
    },
  ])
  assert.ok(live.get(undefined).length > 15)
  assert.match(JSON.stringify(refusal(() => live.get('drian'))), /Did you mean drain/)
  assert.not.match(JSON.stringify([live.get(undefined), live.config]), 'abcdef')
})

test('a start that does not fit tells all problems at once', () => {
  try {
    liveOf(about, () => 'drain: x\nlog: {level: y}')
    assert.unreachable()
  } catch (error) {
    assert.instance(error, ConfigError)
    assert.is((error as ConfigError).problems.length, 2)
    assert.match(
      (error as ConfigError).message,
      /^2 settings cannot be used:\n {2}test\.yaml:1:1: /,
    )
  }
})

test.run()
