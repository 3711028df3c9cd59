import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngine } from '../../src/engine/define.js'
import { type EngineDefinition, engine, group, t } from '../../src/index.js'

const test = suite('engine()')

const handler = () => 0
const facts = { name: 'demo', version: '1.0.0' }

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['no name', { version: '1.0.0' }, /^An engine needs a name$/],
  ['an empty name', { name: '', version: '1.0.0' }, /^An engine needs a name$/],
  ['no version', { name: 'demo' }, /^The engine demo needs a version, such as '1\.0\.0'$/],
  [
    'a limit that does not exist',
    { ...facts, limits: { mesageBytes: 1 } },
    /^There is no limit mesageBytes: limits are messageBytes, replyBytes, /,
  ],
  [
    'a limit that is no number',
    { ...facts, limits: { messageBytes: '1MB' } },
    /^limits\.messageBytes must be a whole number above 0, not 1MB$/,
  ],
  ['a limit of nothing', { ...facts, limits: { depth: 0 } }, /^limits\.depth must be/],
  [
    'a reserved name',
    { ...facts, methods: { 'rpc.x': { handler } } },
    /^rpc\.x: names with rpc\. are reserved$/,
  ],
  [
    'a built-in name',
    { ...facts, methods: { 'engine.status': { handler } } },
    /^engine\.status: names with engine\./,
  ],
  [
    'another one',
    { ...facts, methods: { 'telemetry.x': { handler } } },
    /^telemetry\.x: names with telemetry\. are reserved$/,
  ],
  [
    'a reserved notification',
    { ...facts, notifications: { '$/cancelRequest': { handler } } },
    /\$\/ are reserved$/,
  ],
  [
    'a notification without a handler',
    { ...facts, notifications: { moved: {} } },
    /^moved has no handler$/,
  ],
  [
    'a reserved name by its group',
    { ...facts, methods: { health: group({ methods: { check: { handler } } }) } },
    /^health\.check: names with health\./,
  ],
  [
    'a method that is none',
    { ...facts, methods: { add: handler } },
    /^add is no method: write add: method\(\{ handler: … \}\)$/,
  ],
  ['nothing in its place', { ...facts, methods: { add: undefined } }, /^add is no method/],
  [
    'neither handler nor stream',
    { ...facts, methods: { add: {} } },
    /^The method add has neither a handler nor a stream$/,
  ],
  [
    'both',
    { ...facts, methods: { add: { handler, stream: handler } } },
    /^The method add has both a handler and a stream$/,
  ],
  [
    'progress beside parts',
    { ...facts, methods: { add: { handler, progress: t.number, partial: t.string } } },
    /^The method add has both progress and partial: parts are its progress$/,
  ],
  [
    'a bad method in a group',
    { ...facts, methods: { models: group({ methods: { load: {} as never } }) } },
    /^The method models\.load has neither/,
  ],
  [
    'the same name twice',
    {
      ...facts,
      methods: { 'models.load': { handler }, models: group({ methods: { load: { handler } } }) },
    },
    /^There are two methods named models\.load$/,
  ],
  ['a deadline that is none', { ...facts, deadline: '30' }, /^demo: Not a duration: 30\. /],
  [
    "a method's",
    { ...facts, methods: { add: { handler, deadline: 0 } } },
    /^add: Not a duration: 0\. /,
  ],
  [
    "a group's",
    { ...facts, methods: { models: group({ deadline: -1, methods: {} }) } },
    /^models: Not a duration: -1\. /,
  ],
  [
    'a limit of nothing',
    { ...facts, methods: { add: { handler, limit: { concurrency: 0 } } } },
    /^add: limit\.concurrency must be a whole number, 1 or more, not 0$/,
  ],
  [
    'a queue of less',
    { ...facts, limit: { queue: -1 } },
    /^demo: limit\.queue must be a whole number, 0 or more, not -1$/,
  ],
  [
    'a concurrency that is a text',
    { ...facts, limit: { concurrency: '4' } },
    /^demo: limit\.concurrency must be a whole number, 1 or more, not 4$/,
  ],
  [
    'half a place',
    { ...facts, limit: { concurrency: 1.5 } },
    /^demo: limit\.concurrency must be a whole number/,
  ],
  [
    'a misspelt limit',
    { ...facts, limit: { concurency: 4 } },
    /^demo: There is no limit\.concurency: it has concurrency, queue and key$/,
  ],
  [
    'a limit that is a number',
    { ...facts, limit: 4 },
    /^demo: Not a limit: 4\. Write \{ concurrency: 4, queue: 100 \}$/,
  ],
  [
    'a key that is no function',
    { ...facts, limit: { key: 'model' } },
    /^demo: limit\.key must be a function of the call$/,
  ],
  [
    'a setting that does not exist',
    { ...facts, method: {} },
    /^The engine demo has no setting method: settings are deadline, limit, calls, name, /,
  ],
  [
    "a method's",
    { ...facts, methods: { add: { handler, timeout: 5 } } },
    /^The method add has no setting timeout: settings are deadline, /,
  ],
  [
    "a group's",
    { ...facts, methods: { models: { methods: {}, timeout: 5 } } },
    /^The group models has no setting timeout: settings are deadline, limit, calls, methods$/,
  ],
  [
    "a notification's",
    { ...facts, notifications: { moved: { handler, result: 5 } } },
    /^The notification moved has no setting result: settings are params, description, handler$/,
  ],
  ['a hook that is none', { ...facts, onStart: {} }, /^demo: onStart must be a function$/],
  ['stages that are none', { ...facts, calls: {} }, /^demo: calls must be a function$/],
  [
    "a method's stages that are none",
    { ...facts, methods: { add: { handler, calls: [] } } },
    /^add: calls must be a function$/,
  ],
  ['a check that is none', { ...facts, health: { gpu: true } }, /^health\.gpu must be a function$/],
  ['nothing at all', undefined, /^An engine must be an object$/],
  [
    'params that are no codec',
    { ...facts, methods: { add: { handler, params: { a: 'number' } } } },
    /^add: params must be a codec, such as /,
  ],
  [
    'a result that is none',
    { ...facts, methods: { add: { handler, result: 5 } } },
    /^add: result must be a codec/,
  ],
  [
    'params of a notification that are none',
    { ...facts, notifications: { moved: { handler, params: 'x' } } },
    /^moved: params must be/,
  ],
  [
    'a notification that is none',
    { ...facts, notifications: { moved: null } },
    /^The notification moved must be an object$/,
  ],
  [
    'errors that are none',
    { ...facts, methods: { add: { handler, errors: 7 } } },
    /^add: errors must be an object$/,
  ],
  [
    'an error that is none',
    { ...facts, methods: { add: { handler, errors: { Bad: 7 } } } },
    /^add: errors\.Bad must be/,
  ],
  ['limits that are none', { ...facts, limits: 5 }, /^demo: limits must be an object$/],
  ['checks that are none', { ...facts, health: 3 }, /^demo: health must be an object$/],
  [
    'methods that are a list',
    { ...facts, methods: [handler] },
    /^demo: methods must be an object$/,
  ],
  [
    'a misspelt exposure',
    { ...facts, errors: { expose: 'None' } },
    /^demo: errors\.expose is one of none, message, debug, not None$/,
  ],
  [
    'a misspelt rule',
    { ...facts, errors: { mapp: handler } },
    /^demo: There is no errors\.mapp: it has expose and map$/,
  ],
  [
    'a rule that is none',
    { ...facts, errors: { map: 1 } },
    /^demo: errors\.map must be a function$/,
  ],
  ['a drain that is none', { ...facts, drain: 'soon' }, /^demo: Not a duration: soon\. /],
]

for (const [name, definition, message] of wrong) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => engine(definition as EngineDefinition),
      (error: unknown) => error instanceof TypeError && message.test(error.message),
    )
  })
}

test('takes what is right, and says that it is an engine', () => {
  const methods = {
    add: { handler },
    models: group({ deadline: '5s', methods: { load: { handler } } }),
  }
  const demo = engine({ ...facts, methods, deadline: 30_000, limit: { concurrency: 2, queue: 0 } })
  assert.ok(isEngine(demo))
  assert.is(demo.methods, methods)
  assert.ok(isEngine({ ...demo })) // one of another copy of the package
  for (const other of [undefined, null, {}, facts, handler]) assert.not(isEngine(other))
})

test('an engine need not have methods', () => {
  assert.ok(isEngine(engine(facts)))
})

test.run()
