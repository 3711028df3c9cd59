/** T23, T24 and what else happens to files, on real ones. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
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
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { BehaviorSubject, filter, firstValueFrom, ReplaySubject, timeout, toArray } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readFile } from '../../src/config/config-file.js'
import { fileWatch } from '../../src/config/watch.js'
import { type Clock, realClock } from '../../src/ports/clock.js'

const test = suite('watching a config file')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-watch-'))
const alive = setInterval(() => {}, 1000) // the watcher keeps no process alive
test.after(() => {
  clearInterval(alive)
  rmSync(folder, { recursive: true })
})

let made = 0
const ownFolder = (): string => {
  made += 1
  const own = join(folder, String(made), 'config')
  mkdirSync(own, { recursive: true })
  return own
}

/** Real time, and how many looks are to come. */
const countingClock = () => {
  const pending$ = new BehaviorSubject(0)
  const ended = () => pending$.next(pending$.value - 1)
  const clock: Clock = {
    ...realClock,
    setTimer(task, delayMs) {
      pending$.next(pending$.value + 1)
      return realClock.setTimer(() => {
        task()
        ended()
      }, delayMs)
    },
    clearTimer(timer) {
      realClock.clearTimer(timer)
      ended()
    },
  }
  return { clock, pending$ }
}

/** All events up to now have come: they come in the order in which they happened. */
const heardIn = async (place: string): Promise<void> => {
  const markers = watch(place)
  const heard = once(markers, 'change')
  writeFileSync(join(place, 'marker'), '')
  await heard
  markers.close()
}

/** A watched file, and what was read of it whenever it changed: a text with `bad` in it is rejected. */
const watched = (first: string, link?: (file: string) => void) => {
  const own = ownFolder()
  const file = join(own, 'sidestream.config.yaml')
  if (link === undefined) writeFileSync(file, first)
  else link(file)
  const seen$ = new ReplaySubject<string>()
  const errors: unknown[] = []
  const { clock, pending$ } = countingClock()
  let inForce = { path: file, text: first }
  const take = (path: string): void => {
    const text = readFileSync(path, 'utf8')
    if (!text.includes('bad')) inForce = { path, text }
    follower.follow(inForce.path, inForce.text)
  }
  const follower = fileWatch({
    clock,
    onChange() {
      seen$.next(readFileSync(inForce.path, 'utf8'))
      take(inForce.path)
    },
    onError: (error) => errors.push(error),
  })
  follower.follow(file, first)
  const end = async (): Promise<readonly string[]> => {
    follower.stop()
    seen$.complete()
    return firstValueFrom(seen$.pipe(toArray()))
  }
  const sees = async (text: string): Promise<string> => {
    const seen = seen$.pipe(
      filter((it) => it === text),
      timeout(20_000),
    )
    return firstValueFrom(seen)
  }
  /** All that happened has been heard of, and all looks are taken. */
  const quiet = async (): Promise<void> => {
    await heardIn(folder)
    const none = pending$.pipe(
      filter((it) => it === 0),
      timeout(20_000),
    )
    await firstValueFrom(none)
  }
  return { file, own, follow: follower.follow, take, sees, quiet, pending$, errors, end }
}

test('20 files renamed into place are 20 changes', async () => {
  const { file, sees, end } = watched('n: 0')
  for (let n = 1; n <= 20; n += 1) {
    writeFileSync(`${file}.new`, `n: ${n}`)
    renameSync(`${file}.new`, file)
    await sees(`n: ${n}`)
  }
  assert.is((await end()).length, 20)
})

test('20 files written in pieces are 20 changes, and no piece is one', async () => {
  const { file, sees, end } = watched('n: 0\n')
  for (let n = 1; n <= 20; n += 1) {
    const fd = openSync(file, 'w')
    for (const piece of [`n: ${n}`, '\nlog:', '\n  level', ': debug\n']) {
      await new Promise((resolve) => setImmediate(resolve))
      writeSync(fd, piece)
    }
    closeSync(fd)
    await sees(`n: ${n}\nlog:\n  level: debug\n`)
  }
  const seen = await end()
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
  await end()
})

test('what a link points to is followed, too', async () => {
  const target = join(folder, 'elsewhere')
  mkdirSync(target)
  writeFileSync(join(target, 'c'), 'a: 1')
  const { sees, end } = watched('a: 1', (path) => symlinkSync(join(target, 'c'), path))
  writeFileSync(join(target, 'c'), 'a: 2')
  await sees('a: 2')
  await end()
})

test('a file that is gone, empty, or the same again is no change', async () => {
  const { file, sees, end } = watched('a: 1')
  unlinkSync(file)
  writeFileSync(file, '')
  writeFileSync(file, 'a: 1')
  appendFileSync(`${file}.other`, 'a: 3')
  writeFileSync(file, 'a: 2')
  await sees('a: 2')
  assert.equal(await end(), ['a: 2'])
})

test('an empty file is half-written, for however long it is', () => {
  const file = join(ownFolder(), 'sidestream.config.yaml')
  writeFileSync(file, '')
  const looks: (() => void)[] = []
  const clock: Clock = { ...realClock, setTimer: (task) => looks.push(task), clearTimer: () => {} }
  let changes = 0
  const told = { onChange: () => (changes += 1), onError: () => assert.unreachable() }
  const watch = fileWatch({ clock, ...told })
  const look = (): void => {
    watch.follow(file, `a: ${looks.length}`) // as after a look at the config
    for (const task of looks.splice(0)) task()
  }
  for (let n = 0; n < 5; n += 1) look()
  assert.is(changes, 0)
  writeFileSync(file, 'a: 9')
  watch.follow(file, 'a: 1')
  for (let n = 0; n < 2; n += 1) for (const task of looks.splice(0)) task()
  assert.is(changes, 1)
  watch.stop()
})

test('a change between the first reading and the watching is noticed', async () => {
  const { sees, end } = watched('a: 1', (file) => writeFileSync(file, 'a: 2'))
  await sees('a: 2')
  await end()
})

test('a folder that is deleted and made again is watched again', async () => {
  const { file, own, sees, quiet, errors, end } = watched('n: 0')
  await quiet()
  for (const round of [1, 2, 3]) {
    rmSync(own, { recursive: true })
    await quiet()
    mkdirSync(own)
    writeFileSync(file, `n: ${round}`)
    await sees(`n: ${round}`)
    await quiet()
    writeFileSync(file, `n: ${round}, again`)
    await sees(`n: ${round}, again`)
    await quiet()
  }
  await end()
  assert.equal(errors, [])
})

test('a folder that is made again at once is watched again', async () => {
  const { file, own, sees, quiet, end } = watched('n: 0')
  await quiet()
  for (const round of [1, 2, 3]) {
    rmSync(own, { recursive: true })
    mkdirSync(own)
    await quiet()
    writeFileSync(file, `n: ${round}`)
    await sees(`n: ${round}`)
    await quiet()
  }
  await end()
})

for (const above of ['.', '..']) {
  test(`a folder that is swapped by a rename is watched again: ${above}`, async () => {
    const { file, own, sees, quiet, end } = watched('a: 1')
    const swapped = join(own, above)
    mkdirSync(join(`${swapped}.next`, relative(swapped, own)), { recursive: true })
    writeFileSync(join(`${swapped}.next`, relative(swapped, file)), 'a: 2')
    await quiet()
    renameSync(swapped, `${swapped}.old`)
    renameSync(`${swapped}.next`, swapped)
    await sees('a: 2')
    await quiet()
    writeFileSync(file, 'a: 3')
    await sees('a: 3')
    await end()
  })
}

test('a link that is turned to another folder is followed there', async () => {
  const [one, two] = [ownFolder(), ownFolder()]
  writeFileSync(join(one, 'c'), 'a: 1')
  writeFileSync(join(two, 'c'), 'a: 2')
  const { file, sees, quiet, end } = watched('a: 1', (path) => symlinkSync(join(one, 'c'), path))
  await quiet()
  symlinkSync(join(two, 'c'), `${file}.next`)
  renameSync(`${file}.next`, file)
  await sees('a: 2')
  await quiet()
  writeFileSync(join(two, 'c'), 'a: 3')
  await sees('a: 3')
  assert.equal(await end(), ['a: 2', 'a: 3'])
})

test('the folder that a link points into is deleted, and made again', async () => {
  const target = ownFolder()
  writeFileSync(join(target, 'c'), 'a: 1')
  const { sees, quiet, errors, end } = watched('a: 1', (path) =>
    symlinkSync(join(target, 'c'), path),
  )
  await quiet()
  rmSync(target, { recursive: true })
  await quiet()
  mkdirSync(target)
  writeFileSync(join(target, 'c'), 'a: 2')
  await sees('a: 2')
  await end()
  assert.equal(errors, [])
})

test('another file is followed from when it is known, and the one before no more', async () => {
  const { file, own, follow, take, sees, quiet, end } = watched('a: 1')
  await quiet()
  follow(undefined, '')
  writeFileSync(file, 'a: of nobody')
  const other = join(own, 'sidestream.config.json')
  writeFileSync(other, '{"a": 1}')
  take(other)
  await quiet()
  writeFileSync(other, '{"a": 2}')
  await sees('{"a": 2}')
  assert.equal(await end(), ['{"a": 2}'])
})

test('a content is a change when another was taken since', async () => {
  const { file, take, sees, quiet, end } = watched('a: 1')
  await quiet()
  writeFileSync(file, 'a: 2')
  take(file)
  writeFileSync(file, 'a: 1')
  await sees('a: 1')
  assert.equal(await end(), ['a: 1'])
})

test('a content that was rejected is told once, and so is its repair', async () => {
  const { file, sees, quiet, end } = watched('a: 1')
  writeFileSync(file, 'bad: 1')
  await sees('bad: 1')
  await quiet()
  writeFileSync(file, 'bad: 1')
  await quiet()
  writeFileSync(file, 'a: 1')
  await sees('a: 1')
  await quiet()
  assert.equal(await end(), ['bad: 1', 'a: 1'])
})

test('a byte order mark is no change', async () => {
  const { file, follow, quiet, end } = watched('a: 1')
  writeFileSync(file, '\uFEFFa: 2')
  follow(file, 'a: 2')
  await quiet()
  assert.equal(await end(), [])
})

if (process.platform !== 'win32') {
  test('a pipe in place of the file is not waited for', async () => {
    const { file, sees, quiet, end } = watched('a: 1')
    await quiet()
    spawnSync('mkfifo', [`${file}.pipe`])
    renameSync(`${file}.pipe`, file)
    await quiet()
    assert.throws(() => readFile(file, 'again'), /it is no regular file any more/)
    writeFileSync(`${file}.new`, 'a: 2')
    renameSync(`${file}.new`, file)
    await sees('a: 2')
    assert.equal(await end(), ['a: 2'])
  })
}

test('what happens beside the folder causes no look', async () => {
  const { own, quiet, pending$, end } = watched('a: 1')
  await quiet()
  const looks: number[] = []
  const counting = pending$.subscribe((it) => looks.push(it))
  await heardIn(dirname(own))
  await quiet()
  counting.unsubscribe()
  assert.equal(looks, [0])
  await end()
})

test('a folder that is gone with its parent is told once, and watched when it is there again', async () => {
  const { file, own, follow, sees, quiet, errors, end } = watched('a: 1')
  await quiet()
  rmSync(dirname(own), { recursive: true })
  await quiet()
  follow(file, 'a: 1')
  await quiet()
  assert.is(errors.length, 1)
  assert.match(String(errors[0]), /ENOENT/)
  mkdirSync(own, { recursive: true })
  follow(file, 'a: 1')
  await quiet()
  writeFileSync(file, 'a: 2')
  await sees('a: 2')
  assert.is(errors.length, 1)
  await end()
})

test.run()
