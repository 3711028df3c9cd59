#!/usr/bin/env node
/**
 * The installed command. It loads its files as `require` would, but out of V8's code cache, where an earlier run left
 * them: compiling is a third of what an engine's start takes beyond Node's own. Newer Nodes have
 * `module.enableCompileCache()`, and as there, NODE_DISABLE_COMPILE_CACHE switches it off.
 */
'use strict'
const {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs')
const { dirname, isAbsolute, join } = require('node:path')
const { Script } = require('node:vm')

/** What `node:module` exports, without what loading that brings along. */
const Module = module.constructor

const folder = join(__dirname, 'cjs')
const core = join(folder, 'core.cjs')

/**
 * A file's bytes between two texts, by one read.
 *
 * @returns with what tells whether the file has changed, and whose it is
 */
const read = (file, head = '', tail = '') => {
  const fd = openSync(file)
  try {
    const { size, mtimeMs, ctimeMs, ino, uid } = fstatSync(fd)
    const bytes = Buffer.allocUnsafeSlow(head.length + size + tail.length)
    bytes.latin1Write(head, 0)
    bytes.latin1Write(tail, head.length + size)
    for (let done = 0; done < size; ) {
      const length = readSync(fd, bytes, head.length + done, size - done)
      if (length === 0) throw new Error(`${file} has been cut off while it was read`)
      done += length
    }
    const stamp = [process.version, process.arch, size, mtimeMs, ctimeMs, ino].join(' ')
    return { bytes, stamp, uid }
  } finally {
    closeSync(fd)
  }
}

/** It imports, which what V8 has cached cannot. */
const importer = './import-module.cjs'

/** What has been compiled anew in this run, to be kept for the next. */
const fresh = []

/** As `require` would load a file of the build. */
const load = (file) => {
  // The build leaves only ASCII in its files, and one string less spares the start a garbage collection.
  const { bytes, stamp } = read(file, ...Module.wrap('\0').split('\0'))
  const script = new Script(bytes.latin1Slice(), {
    filename: file,
    cachedData: cached(file, stamp),
  })
  const module = new Module(file)
  module.filename = file
  require.cache[file] = module
  script.runInThisContext()(module.exports, requireFromBuild, module, file, folder)
  module.loaded = true
  if (script.cachedDataRejected !== false) fresh.push({ file, stamp, script })
  return module.exports
}

let fromBuild
/** What a start needs is built in or of the build, and to make a `require` takes time. */
const requireFromBuild = (id) => {
  if (id.startsWith('node:')) return require(id)
  if (id.startsWith('./') && id !== importer) {
    const file = join(folder, id)
    return require.cache[file]?.exports ?? load(file)
  }
  fromBuild ??= Module.createRequire(core)
  return fromBuild(id)
}

/** Functions are compiled when they are first called; by then those of a start and a call have been. It takes some 5 ms. */
const keepFresh = () => {
  for (const { file, stamp, script } of fresh.splice(0))
    keep(file, stamp, script.createCachedData())
}

/** One per file and place where the package is installed. A user may have no home. */
const cacheFile = (file) => {
  const { XDG_CACHE_HOME = '', HOME } = process.env
  const caches = isAbsolute(XDG_CACHE_HOME) // the XDG specification wants others ignored
    ? XDG_CACHE_HOME
    : join(HOME || require('node:os').homedir(), '.cache')
  return join(caches, 'sidestream', 'code', file.replace(/\W/g, '_').slice(-200))
}

/** Of the head of what is kept, in bytes; V8 copies what does not begin at a multiple of eight. */
const headLength = 128

/**
 * What is kept, without its head, has this one. V8 looks at its own version and flags, but not for damage, which may crash
 * it. Files lose whole sectors, so the sum takes some words of each: all of them would cost a start ten times as much.
 */
const headOf = (stamp, bytes) => {
  const { buffer, byteOffset, length } = bytes
  const words = new Int32Array(buffer, byteOffset + headLength, (length - headLength) >> 2)
  let sum = 0
  for (let index = 0; index < words.length; index += 32) sum = (sum * 31 + words[index]) | 0
  return `${stamp} ${length} ${sum}\n`.padEnd(headLength)
}

/** What this user kept for this Node and this file. */
const cached = (file, stamp) => {
  try {
    const { bytes, uid } = read(cacheFile(file))
    const isOurs = uid === (process.geteuid?.() ?? uid)
    const isWhole = bytes.latin1Slice(0, headLength) === headOf(stamp, bytes)
    return isOurs && isWhole ? bytes.subarray(headLength) : undefined
  } catch {
    return undefined
  }
}

/** Level by level: Node 20's own `recursive` goes on for ever where a folder that is there says it is not, as in /proc. */
const makeFolder = (folder) => {
  if (existsSync(folder) || folder === dirname(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}

/** Written aside and renamed, as engines may end at once. Without a place to write, nothing is kept. */
const keep = (file, stamp, data) => {
  let aside
  try {
    const kept = cacheFile(file)
    makeFolder(dirname(kept))
    aside = `${kept}.${process.pid}`
    const bytes = Buffer.concat([Buffer.alloc(headLength), data])
    bytes.latin1Write(headOf(stamp, bytes))
    writeFileSync(aside, bytes, { mode: 0o600 })
    renameSync(aside, kept)
  } catch {
    try {
      if (aside !== undefined) rmSync(aside, { force: true }) // what a full disk took of it
    } catch {} // there is no such folder
  }
}

const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
// Coverage is less exact with code from the cache.
const isCached = !NODE_DISABLE_COMPILE_CACHE && !NODE_V8_COVERAGE
const command = isCached ? load(core) : require(core)
// For the package's ES modules: to make a `require` of their own takes time.
globalThis[Symbol.for('sidestream.core')] = { [__dirname]: command }
const onFirstReply = () => {
  setImmediate(keepFresh)
  process.once('exit', keepFresh) // what was loaded since, or this came too soon
}
void command.main(process.argv.slice(2), { require, onFirstReply })
