/** What a child is told by its environment. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { childEnvironment } from '../../src/transport/environment.js'

const test = suite('childEnvironment')

const host = {
  PATH: '/bin',
  HOME: '/home/me',
  LC_ALL: 'C',
  XDG_CACHE_HOME: '/c',
  HF_TOKEN: 'secret',
  HF_HOME: '/models',
  AWS_SECRET_ACCESS_KEY: 'secret',
  HTTPS_PROXY: 'http://me:secret@proxy',
  NODE_OPTIONS: '--require ./spy.js',
  SIDESTREAM_LOG_LEVEL: 'debug',
  SIDESTREAM_CHANNEL: '3:1:2',
  SIDESTREAM_BEAT: '4:1:2',
  SIDESTREAM_COOKIE: 'secret',
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_SERVICE_NAME: 'the host',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=secret',
}
const needed = {
  PATH: '/bin',
  HOME: '/home/me',
  LC_ALL: 'C',
  XDG_CACHE_HOME: '/c',
  SIDESTREAM_LOG_LEVEL: 'debug',
  OTEL_TRACES_SAMPLER: 'always_on',
}

test('passes what a program needs, no secret, and not the name that the host has in traces', () => {
  assert.equal(childEnvironment({}, host, 'linux'), needed)
})

test('what a host says of itself in traces holds for its engines, but for who it is', () => {
  const said =
    'deployment.environment=prod,service.name=app,service.instance.id=1, service.version=2,a=b'
  const { OTEL_RESOURCE_ATTRIBUTES } = childEnvironment(
    {},
    { OTEL_RESOURCE_ATTRIBUTES: said },
    'linux',
  )
  assert.is(OTEL_RESOURCE_ATTRIBUTES, 'deployment.environment=prod,a=b')
})

test('passes more by name and by prefix', () => {
  const { HF_TOKEN, HF_HOME, NODE_OPTIONS } = host
  assert.equal(childEnvironment({ inherit: ['NODE_OPTIONS'] }, host, 'linux'), {
    ...needed,
    NODE_OPTIONS,
  })
  assert.equal(childEnvironment({ inherit: ['HF_*'] }, host, 'linux'), {
    ...needed,
    HF_TOKEN,
    HF_HOME,
  })
  const { OTEL_EXPORTER_OTLP_HEADERS } = host
  const inherit = ['OTEL_EXPORTER_OTLP_HEADERS']
  assert.equal(childEnvironment({ inherit }, host, 'linux'), {
    ...needed,
    OTEL_EXPORTER_OTLP_HEADERS,
  })
})

test('passes everything but what is between one host and one engine', () => {
  const { SIDESTREAM_CHANNEL: _, SIDESTREAM_BEAT: __, SIDESTREAM_COOKIE: ___, ...rest } = host
  assert.equal(childEnvironment({ inherit: 'all' }, host, 'linux'), rest)
  assert.equal(childEnvironment({ inherit: ['SIDESTREAM_*'] }, host, 'linux'), needed)
})

test('sets what is given, and takes away what is given as undefined', () => {
  const env = { LC_ALL: 'de_DE', HOME: undefined, SIDESTREAM_CHANNEL: '5:6:7', EMPTY: '' }
  const { HOME: _, ...rest } = needed
  assert.equal(childEnvironment({ env }, host, 'linux'), {
    ...rest,
    LC_ALL: 'de_DE',
    SIDESTREAM_CHANNEL: '5:6:7',
    EMPTY: '',
  })
})

test('does not care about the case of names on Windows', () => {
  const from = {
    Path: 'C:\\Windows',
    SystemRoot: 'C:\\Windows',
    'ProgramFiles(x86)': 'C:\\P',
    Hf_Home: 'C:\\m',
    Sidestream_Cookie: 'secret',
    OneDrive: 'C:\\o',
  }
  assert.equal(childEnvironment({ inherit: ['hf_*'], env: { PATH: 'D:\\' } }, from, 'win32'), {
    SystemRoot: 'C:\\Windows',
    'ProgramFiles(x86)': 'C:\\P',
    Hf_Home: 'C:\\m',
    PATH: 'D:\\',
  })
  assert.equal(childEnvironment({}, { Path: '/bin', SYSTEMROOT: '/' }, 'linux'), {})
})

test('inherits from this process when nothing else is said', () => {
  assert.is(childEnvironment({}).PATH, process.env['PATH'])
})

test.run()
