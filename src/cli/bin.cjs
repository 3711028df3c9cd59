#!/usr/bin/env node
/**
 * The installed command. It loads the core as `require` would, but out of V8's code cache, where an earlier run left
 * it: compiling is a third of what an engine's start takes beyond Node's own. Newer Nodes have
 * `module.enableCompileCache()`, and as there, NODE_DISABLE_COMPILE_CACHE switches it off.
 */
'use strict'
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { Script } = require('node:vm')

/** What `node:module` exports, without what loading that brings along. */
const Module = module.constructor

const core = join(__dirname, 'cjs', 'core.cjs')

/** @returns what the core exports, and what keeps the code if that is of use */
const loadCore = () => {
  const { size, mtimeMs } = statSync(core)
  const stamp = `${process.version} ${process.arch} ${size} ${mtimeMs}\n`
  const script = new Script(wrapped(), { filename: core, cachedData: cached(stamp) })
  const module = new Module(core)
  module.filename = core
  require.cache[core] = module
  script.runInThisContext()(module.exports, Module.createRequire(core), module, core, dirname(core))
  module.loaded = true
  if (script.cachedDataRejected === false) return module
  let isKept = false
  const keepOnce = () => {
    if (!isKept) keep(stamp, script.createCachedData())
    isKept = true
  }
  // Functions are compiled when they are first called; by then those of a start and a call have been. It takes 5 ms.
  const onFirstReply = () => {
    setImmediate(keepOnce)
    process.once('exit', keepOnce)
  }
  return { exports: module.exports, onFirstReply }
}

/** The core as `require` would run it. The build leaves only ASCII in it, and one string less spares the start a garbage collection. */
const wrapped = () => {
  const [head, tail] = Module.wrap('\0')
    .split('\0')
    .map((text) => Buffer.from(text))
  return Buffer.concat([head, readFileSync(core), tail]).latin1Slice()
}

/** One file per place where the package is installed. A user may have no home. */
const cacheFile = () => {
  const folder =
    process.env.XDG_CACHE_HOME || join(process.env.HOME || require('node:os').homedir(), '.cache')
  return join(folder, 'sidestream', 'code', core.replace(/\W/g, '_').slice(-200))
}

/**
 * What this user kept for this Node and this core. V8 looks at its own version and flags, but not for damage, which may
 * crash it; so the data is there twice. Comparing them takes a tenth of what a checksum would.
 */
const cached = (stamp) => {
  try {
    const file = cacheFile()
    const { uid } = statSync(file)
    const bytes = readFileSync(file)
    const { length } = stamp
    const half = length + (bytes.length - length) / 2
    const isOurs = uid === (process.geteuid?.() ?? uid)
    const isCurrent = bytes.latin1Slice(0, length) === stamp
    const isWhole = bytes.compare(bytes, half, bytes.length, length, half) === 0
    return isOurs && isCurrent && isWhole ? bytes.subarray(length, half) : undefined
  } catch {
    return undefined
  }
}

/** Written aside and renamed, as engines may end at once. Without a place to write, nothing is kept. */
const keep = (stamp, data) => {
  let aside
  try {
    const file = cacheFile()
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    aside = `${file}.${process.pid}`
    writeFileSync(aside, Buffer.concat([Buffer.from(stamp), data, data]), { mode: 0o600 })
    renameSync(aside, file)
  } catch {
    if (aside !== undefined) rmSync(aside, { force: true }) // what a full disk took of it
  }
}

const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
// Coverage is less exact with code from the cache.
const isCached = !NODE_DISABLE_COMPILE_CACHE && !NODE_V8_COVERAGE
const { exports: command, onFirstReply } = isCached ? loadCore() : { exports: require(core) }
void command.main(process.argv.slice(2), { require, onFirstReply })
