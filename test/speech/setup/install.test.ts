/** A whole life of an engine, with the real pip and packages that hold nothing. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RpcError } from '../../../src/protocol/rpc-error.js'
import { pythonEngines } from '../../../src/speech/setup/catalog.js'
import { type Check, diagnose } from '../../../src/speech/setup/doctor.js'
import { findPython } from '../../../src/speech/setup/find-python.js'
import { type InstallProgress, install } from '../../../src/speech/setup/install.js'
import { pythonOf, stateOf } from '../../../src/speech/setup/installed.js'
import { listEngines } from '../../../src/speech/setup/list.js'
import { takeLock } from '../../../src/speech/setup/lock.js'
import { engineFiles } from '../../../src/speech/setup/places.js'
import { removalsOf, remove } from '../../../src/speech/setup/remove.js'
import { sitePackagesIn } from '../../../src/speech/setup/site-packages.js'
import { somePlaces } from './some-places.js'
import { engineWheels, writeWheels } from './wheels.js'

const test = suite('install')

const name = 'faster-whisper'
const places = somePlaces()
const files = engineFiles(name, places)
const none = { models: [], places } as const

const refusal = async (attempt: Promise<unknown>): Promise<RpcError> => {
  try {
    await attempt
  } catch (error) {
    return error as RpcError
  }
  return assert.unreachable() as never
}
const faultOf = async (attempt: Promise<unknown>) => (await refusal(attempt)).facts['fault']
const checks = async (status: Check['status']): Promise<readonly string[]> =>
  (await diagnose(name, places)).filter((it) => it.status === status).map((it) => it.name)

const python = await findPython(pythonEngines[name])
if (E.isLeft(python)) {
  console.log('There is no Python for engines here: installing is not tested')
  test('says that Python is missing', async () => {
    assert.is(await faultOf(install(name, none)), 'no-python')
    assert.is((await stateOf(name, places)).is, 'missing')
  })
} else {
  const { executable, version } = python.right
  const wheels = join(places.data, 'wheels')
  test.before(() => {
    Object.assign(process.env, writeWheels(executable, wheels, engineWheels(version)))
  })

  test('stopped on the way, it is not installed, and nobody is left', async () => {
    const stop = new AbortController()
    const stopped = install(name, {
      ...none,
      signal: stop.signal,
      onProgress: () => setImmediate(() => stop.abort()),
    })
    assert.is((await refusal(stopped)).kind, 'RequestCancelled')
    assert.ok(E.isLeft(await pythonOf(name, {}, places)))
    assert.equal([existsSync(files.lock), existsSync(files.temporary)], [false, false])
  })

  test('installs what is pinned, and tells how far it is', async () => {
    const told: InstallProgress[] = []
    const done = await install(name, { ...none, onProgress: (it) => told.push(it) })
    assert.equal(done, { engine: name, version: '1.2.1', isNew: true, models: [] })
    assert.equal(await pythonOf(name, {}, places), E.right(files.python))
    const shares = told.map((it) => it.done / it.total)
    assert.equal(
      shares,
      shares.toSorted((a, b) => a - b),
    )
    assert.equal([...new Set(told.map(({ step }) => step))], ['python', 'packages', 'check'])
    assert.ok(told.some(({ message }) => message === 'ctranslate2'))
    assert.equal(readdirSync(files.folder).sort(), ['installed.json', 'venv'])
  })

  test('does nothing when all is there', async () => {
    const told: InstallProgress[] = []
    const done = await install(name, { ...none, onProgress: (it) => told.push(it) })
    assert.equal(done, { engine: name, version: '1.2.1', isNew: false, models: [] })
    assert.equal(told, [])
  })

  test('is fine for the doctor, but for a model', async () => {
    assert.equal(await checks('fail'), [])
    assert.equal(
      (await checks('warn')).filter((it) => it !== 'processor'),
      ['models'],
    )
    assert.ok((await checks('ok')).includes('import ctranslate2'))
  })

  test('refuses a second one at a time, and one while an engine is at work', async () => {
    const lock = takeLock(files.lock, name)
    assert.is(await faultOf(install(name, none)), 'locked')
    assert.is(await faultOf(remove(name, [], places)), 'locked')
    if (E.isRight(lock)) lock.right()
    const engine = spawn(files.python, ['-c', 'print("up", flush=True); input()'])
    await new Promise((resolve) => engine.stdout.once('data', resolve))
    const { message, facts } = await refusal(remove(name, [], places))
    assert.equal([facts['fault'], facts['pids']], ['in-use', [engine.pid]])
    assert.match(message, `process ${engine.pid} uses it`)
    engine.stdin.end('\n')
    await new Promise((resolve) => engine.once('close', resolve))
    assert.ok(existsSync(files.python))
  })

  test('is to be updated when other packages are wanted', async () => {
    const before = readFileSync(files.marker, 'utf8')
    writeFileSync(files.marker, before.replace(/"requirements": "\w+"/, '"requirements": "old"'))
    const [listing] = await listEngines(places)
    assert.is(listing?.state, 'outdated')
    assert.ok((await checks('warn')).includes('installation'))
    writeFileSync(files.marker, before)
  })

  test('shows the doctor what is broken', async () => {
    const packages = (await sitePackagesIn(files.venv)) as string
    writeFileSync(join(packages, 'av/__init__.py'), 'raise OSError("no libav here")')
    rmSync(join(packages, 'tqdm-4.70.1.dist-info'), { recursive: true })
    assert.equal(await checks('fail'), ['import av', 'versions'])
    const found = await diagnose(name, places)
    const told = found.map(({ message }) => message).join('\n')
    assert.match(told, 'OSError: no libav here')
    assert.match(told, 'tqdm is missing, and should be 4.70.1')
    writeFileSync(join(packages, 'av/__init__.py'), 'import os; os.kill(os.getpid(), 11)')
    assert.equal((await checks('fail')).slice(0, 2), ['import av', 'import onnxruntime'])
    rmSync(files.python)
    symlinkSync('/nowhere/python3', files.python)
    assert.equal(await checks('fail'), ['installation'])
  })

  test('is removed, and leaves nothing', async () => {
    const removals = await removalsOf(name, true, places)
    assert.equal(
      removals.map(({ folder }) => folder),
      [files.folder],
    )
    await remove(name, removals, places)
    assert.is((await stateOf(name, places)).is, 'missing')
    assert.equal(readdirSync(dirname(files.folder)), [])
  })

  test('says which package there is not, and is not installed then', async () => {
    for (const file of readdirSync(wheels)) if (file.startsWith('av-')) rmSync(join(wheels, file))
    const { message, facts } = await refusal(install(name, none))
    assert.is(facts['fault'], 'no-package')
    assert.match(message, /there is no av==[\d.]+ for this Python/)
    assert.is((await stateOf(name, places)).is, 'unfinished')
  })
}

test('refuses a model that it cannot install, before it begins', async () => {
  const { kind, message } = await refusal(install(name, { models: ['huge'], places: somePlaces() }))
  assert.is(kind, 'UnsupportedOption')
  assert.match(message, 'these can: tiny.en, base')
})

test.run()
