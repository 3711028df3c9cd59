#!/usr/bin/env node
/**
 * The installed command. It loads the core as `require` would, but out of V8's code cache, where an earlier run left
 * it: compiling is a third of what an engine's start takes beyond Node's own. Newer Nodes have
 * `module.enableCompileCache()`, and as there, NODE_DISABLE_COMPILE_CACHE switches it off.
 */
'use strict'
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { homedir } = require('node:os')
const { dirname, join } = require('node:path')
const { Script } = require('node:vm')

const core = join(__dirname, 'cjs', 'core.cjs')
/** By then an engine has done once what it does. Keeping takes some 5 ms of its time. */
const settledMs = 2000

const loadCore = () => {
  const { size, mtimeMs } = statSync(core)
  const stamp = `${process.version} ${process.arch} ${size} ${mtimeMs}\n`
  const script = new Script(Module.wrap(readFileSync(core, 'utf8')), {
    filename: core,
    cachedData: cached(stamp),
  })
  const module = new Module(core)
  module.filename = core
  require.cache[core] = module
  script.runInThisContext()(module.exports, Module.createRequire(core), module, core, dirname(core))
  module.loaded = true
  // Late, since functions are compiled when they are first called; an engine may never come to its end. The other verbs
  // call few of an engine's functions.
  if (process.argv[2] !== 'run' || script.cachedDataRejected === false) return
  let isKept = false
  const keepOnce = () => {
    if (!isKept) keep(stamp, script.createCachedData())
    isKept = true
  }
  setTimeout(keepOnce, settledMs).unref()
  process.once('exit', keepOnce)
}

/** One file per place where the package is installed. A user may have no home. */
const cacheFile = () => {
  const folder = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
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
  try {
    const file = cacheFile()
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const aside = `${file}.${process.pid}`
    writeFileSync(aside, Buffer.concat([Buffer.from(stamp), data, data]), { mode: 0o600 })
    renameSync(aside, file)
  } catch {}
}

const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
// Coverage is less exact with code from the cache.
if (!NODE_DISABLE_COMPILE_CACHE && !NODE_V8_COVERAGE) loadCore()
require(join(__dirname, 'cjs', 'main.cjs'))
