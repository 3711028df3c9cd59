/** T23, T24 and what else happens to files, on real ones. */
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filter, firstValueFrom, ReplaySubject, timeout, toArray } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { watchFile } from '../../src/config/watch.js'
import { realClock } from '../../src/ports/clock.js'

const test = suite('watching a config file')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-watch-'))
test.after(() => rmSync(folder, { recursive: true }))

let files = 0
/** A watched file, and what was read of it whenever it changed. */
const watched = (first: string, link?: (file: string) => void) => {
  files += 1
  const own = join(folder, String(files))
  mkdirSync(own)
  const file = join(own, 'sidestream.config.yaml')
  if (link === undefined) writeFileSync(file, first)
  else link(file)
  const seen$ = new ReplaySubject<string>()
  const stop = watchFile(file, {
    clock: realClock,
    text: first,
    onChange: () => seen$.next(readFileSync(file, 'utf8')),
    onError: (error) => seen$.error(error),
  })
  const alive = setInterval(() => {}, 1000) // the watcher keeps no process alive
  const end = (): void => {
    stop()
    clearInterval(alive)
  }
  const sees = (text: string): Promise<string> =>
    firstValueFrom(
      seen$.pipe(
        filter((it) => it === text),
        timeout(20_000),
      ),
    )
  return { file, own, seen$, sees, end }
}

test('20 files renamed into place are 20 changes', async () => {
  const { file, sees, seen$, end } = watched('n: 0')
  for (let n = 1; n <= 20; n += 1) {
    writeFileSync(`${file}.new`, `n: ${n}`)
    renameSync(`${file}.new`, file)
    await sees(`n: ${n}`)
  }
  end()
  seen$.complete()
  assert.is((await firstValueFrom(seen$.pipe(toArray()))).length, 20)
})

test('20 files written in pieces are 20 changes, and no piece is one', async () => {
  const { file, sees, seen$, end } = watched('n: 0\n')
  for (let n = 1; n <= 20; n += 1) {
    const fd = openSync(file, 'w')
    for (const piece of [`n: ${n}`, '\nlog:', '\n  level', ': debug\n']) {
      await new Promise((resolve) => setImmediate(resolve))
      writeSync(fd, piece)
    }
    closeSync(fd)
    await sees(`n: ${n}\nlog:\n  level: debug\n`)
  }
  end()
  seen$.complete()
  const seen = await firstValueFrom(seen$.pipe(toArray()))
  assert.is(seen.length, 20)
  for (const text of seen) assert.match(text, /^n: \d+\nlog:\n {2}level: debug\n$/)
})

test('a link that is turned, as a cluster mounts its configs, is a change', async () => {
  const { file, own, sees, end } = watched('a: 1', (path) => {
    const own = join(path, '..')
    mkdirSync(join(own, 'v1'))
    mkdirSync(join(own, 'v2'))
    writeFileSync(join(own, 'v1', 'c'), 'a: 1')
    writeFileSync(join(own, 'v2', 'c'), 'a: 2')
    symlinkSync('v1', join(own, '..data'))
    symlinkSync(join('..data', 'c'), path)
  })
  symlinkSync('v2', join(own, '..next'))
  renameSync(join(own, '..next'), join(own, '..data'))
  assert.is(await sees('a: 2'), readFileSync(file, 'utf8'))
  end()
})

test('what a link points to is followed, too', async () => {
  const target = join(folder, 'elsewhere')
  mkdirSync(target)
  writeFileSync(join(target, 'c'), 'a: 1')
  const { sees, end } = watched('a: 1', (path) => symlinkSync(join(target, 'c'), path))
  writeFileSync(join(target, 'c'), 'a: 2')
  await sees('a: 2')
  end()
})

test('a file that is gone, empty, or the same again is no change', async () => {
  const { file, sees, seen$, end } = watched('a: 1')
  unlinkSync(file)
  writeFileSync(file, '')
  writeFileSync(file, 'a: 1')
  appendFileSync(`${file}.other`, 'a: 3')
  writeFileSync(file, 'a: 2')
  await sees('a: 2')
  end()
  seen$.complete()
  assert.equal(await firstValueFrom(seen$.pipe(toArray())), ['a: 2'])
})

test('a change between the first reading and the watching is noticed', async () => {
  const { sees, end } = watched('a: 1', (file) => writeFileSync(file, 'a: 2'))
  await sees('a: 2')
  end()
})

test('a folder that cannot be watched is told once', async () => {
  const errors: unknown[] = []
  watchFile(join(folder, 'not', 'there'), {
    clock: realClock,
    text: '',
    onChange: () => assert.unreachable(),
    onError: (error) => errors.push(error),
  })
  assert.is(errors.length, 1)
  assert.match(String(errors[0]), /ENOENT/)
})

test.run()
