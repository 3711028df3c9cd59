/** Typed names of settings. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findKey, noSuchKey } from '../../src/config/key-path.js'
import { schemaOf } from '../../src/config/schema.js'
import { runtimeConfig } from '../../src/models/runtime-config.js'
import { subject } from './config-of.js'

const test = suite('key path')

const own = t.strict({ model: t.string, voices: t.record(t.string, t.strict({ gain: t.number })) })
const { schema } = subject(own, ['add', 'models.load', 'models.*'])
const anyEngine = schemaOf(runtimeConfig())

const found = (key: string, of = schema): string | undefined => findKey(key, of)?.path.join(' ')

test('dots part a key, and belong to names that hold them', () => {
  const table = {
    drain: 'drain',
    'limits.maxInFlight': 'limits maxInFlight',
    limits: 'limits',
    'methods.models.load.deadline': 'methods models.load deadline',
    'methods.models.*.limits.maxQueued': 'methods models.* limits maxQueued',
    'methods.models.load': 'methods models.load',
    'log.modules.a.b.c': 'log modules a.b.c',
    'engines.demo.voices.a b.gain': 'engines demo voices a b gain',
    'engines.demo.voices.a.b.gain': 'engines demo voices a.b gain',
    'engines.demo.voices.gain.gain': 'engines demo voices gain gain',
  }
  for (const [key, path] of Object.entries(table)) assert.is(found(key), path, key)
})

test('where no engine is known, names of methods are told from their settings', () => {
  assert.is(found('methods.models.load.deadline', anyEngine), 'methods models.load deadline')
  assert.is(found('methods.a.limits.maxQueued', anyEngine), 'methods a limits maxQueued')
  assert.is(found('methods.deadline.deadline', anyEngine), 'methods deadline deadline')
})

test('what is no setting is not found', () => {
  for (const key of [
    '',
    '.',
    'limits.',
    '.limits',
    'Limits',
    'limits.maxInFlight.x',
    'constructor',
  ]) {
    assert.is(found(key), undefined, JSON.stringify(key))
  }
})

test('what may have been meant is told: a neighbour, or the same name elsewhere', () => {
  const table = {
    'limits.maxInFlght': ' Did you mean limits.maxInFlight?',
    maxInFlight: ' Did you mean limits.maxInFlight?',
    'log.maxInFligth': ' Did you mean limits.maxInFlight?',
    redact: ' Did you mean log.redact?',
    'methods.models.unload.deadline': ' Did you mean methods.models.load.deadline?',
    'engines.dmo.model': ' Did you mean engines.demo.model?',
    frobnicate: '',
    '': '',
    x: '',
  }
  for (const [key, meant] of Object.entries(table)) {
    assert.is(noSuchKey(key, schema), `there is no such setting.${meant}`, key)
  }
})

test.run()
