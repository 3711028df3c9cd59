/** Runs a module of a Python that ends when this process does, however that ends, with all that it has started. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import { failureOf, setupFailure } from './failures.js'

export interface PythonRun {
  readonly python: string
  /** A module and its arguments, as after `-m`; or `-c` and code. */
  readonly args: readonly string[]
  /** For errors: what is being done. */
  readonly what: string
  /** The folder that it puts aside things in. */
  readonly temporary?: string
  readonly signal?: AbortSignal
  readonly onLine?: (line: string) => void
}

/** Nobody writes to its stdin: what comes there is the end of whom it works for. */
const bound = `
import os, runpy, signal, sys, threading
def end_with_parent():
    while os.read(0, 4096):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = sys.argv[1:]
if sys.argv[0] == "-c":
    exec(sys.argv[1])
    sys.exit()
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
`

/** Lines that are kept for what is said of a failure. */
const keptLines = 200

/**
 * @returns when it has ended, with what it printed last
 * @throws RpcError DependencyMissing by why it failed; RequestCancelled when the signal has stopped it
 */
export const runPython = ({
  python,
  args,
  what,
  temporary,
  signal,
  onLine = () => {},
}: PythonRun): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(stopped(what))
    // Isolated: neither the working folder nor variables for other Pythons get into it.
    const child = spawn(python, ['-I', '-c', bound, ...args], {
      detached: process.platform !== 'win32', // the leader of a group of its own, which can be killed
      windowsHide: true,
      env: { ...ownEnvironment(), ...aside(temporary) },
    })
    const output: string[] = []
    const take = (line: string): void => {
      output.push(line)
      if (output.length > keptLines) output.shift()
      onLine(line)
    }
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', take)
    }
    const stop = (): void => killAll(child.pid)
    signal?.addEventListener('abort', stop, { once: true })
    child.on('error', (error) => {
      signal?.removeEventListener('abort', stop)
      reject(setupFailure('no-python', `${what} failed: ${python} does not run: ${error.message}`))
    })
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted) reject(stopped(what))
      else if (code === 0) resolve(output)
      else reject(failureOf(what, output))
    })
  })

const stopped = (what: string): RpcError => rpcError('RequestCancelled', `${what} was stopped`)

const killAll = (pid: number | undefined): void => {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

const aside = (folder: string | undefined): NodeJS.ProcessEnv =>
  folder === undefined ? {} : { TMPDIR: folder, TEMP: folder, TMP: folder }

/** What would make pip write elsewhere, or ask. */
const misleading =
  /^(?:PIP_(?:USER|TARGET|PREFIX|ROOT|REQUIRE_VIRTUALENV|PYTHON|DRY_RUN|REQUIREMENT|CONSTRAINT)|PYTHON\w*|VIRTUAL_ENV|__PYVENV_LAUNCHER__)$/

const ownEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name))),
  PIP_NO_INPUT: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_PROGRESS_BAR: 'off',
  PIP_ROOT_USER_ACTION: 'ignore',
  ORT_DISABLE_TELEMETRY: '1', // what is imported to see whether it works is offline
})
