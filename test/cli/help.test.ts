/** What the command tells of itself. */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sidestream } from './sidestream.js'

const test = suite('help')
const verbs = ['run', 'call', 'describe', 'health', 'host']

test('tells of all verbs on stdout when asked', async () => {
  for (const args of [['help'], ['--help'], ['-h']]) {
    const { code, stdout, stderr } = await sidestream(args)
    assert.is(code, 0)
    assert.is(stderr, '')
    for (const verb of verbs) assert.match(stdout, `sidestream ${verb} ENGINE`)
  }
})

test('tells of all verbs on stderr when none is given', async () => {
  const { code, stdout, stderr } = await sidestream([])
  assert.is(code, 64)
  assert.is(stdout, '')
  assert.match(stderr, 'sidestream call ENGINE')
})

test('tells of each verb, with an example', async () => {
  for (const verb of verbs) {
    const asked = await sidestream([verb, '--help'])
    assert.is(asked.code, 0)
    assert.match(
      asked.stdout,
      new RegExp(`^sidestream ${verb} ENGINE.*\n {2}.*sidestream ${verb} \\./`, 's'),
    )
    assert.equal(await sidestream(['help', verb]), asked)
  }
})

test('names the version of the package', async () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  assert.is((await sidestream(['--version'])).stdout, `${version}\n`)
})

test('names the verb that was meant', async () => {
  const { code, stderr } = await sidestream(['cal', 'x'])
  assert.is(code, 64)
  assert.match(stderr, 'There is no verb cal. Did you mean call?')
  assert.match((await sidestream(['version'])).stderr, 'Did you mean --version?')
  assert.match((await sidestream(['--verison'])).stderr, 'Did you mean --version?')
  assert.match((await sidestream(['hlep'])).stderr, 'Did you mean help?')
  assert.is((await sidestream(['toString'])).code, 64)
})

test('names the option that was meant, and how to get help', async () => {
  const { code, stderr } = await sidestream(['call', '--time', '3s'])
  assert.is(code, 64)
  assert.is(stderr, 'sidestream call: There is no option --time.\nSee: sidestream help call\n')
  assert.match((await sidestream(['call', '--timout', '3s'])).stderr, 'Did you mean --timeout?')
})

test.run()
