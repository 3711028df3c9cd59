/** An engine for the length of one command: started, its log shown, interrupted with Ctrl-C, and always stopped. */

import { exitCodes } from '../engine/lifecycle.js'
import { Client } from '../host/client.js'
import { startVariables } from '../host/start-variables.js'
import { realClock } from '../ports/clock.js'
import { noTelemetry, type Telemetry } from '../ports/telemetry.js'
import { startChild } from '../transport/child-process.js'
import { engineCommand, type Passed } from './engine-command.js'
import { engineFile } from './engine-file.js'
import { logLine } from './log-line.js'

export interface EngineUse {
  /** Path of the engine's module. */
  readonly path: string
  readonly passed: Passed
  /** Takes each line that the engine logs or prints. */
  readonly show: (line: string) => void
  readonly telemetry?: Telemetry
}

/** An engine that is busy hears of nothing. When it still runs then, it is said what helps, in milliseconds. */
const patienceMs = 1000
const patience = 'Waiting for the engine to end. Ctrl-C once more kills it.'

export const signalNumbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const
export type Signal = keyof typeof signalNumbers

/**
 * The first Ctrl-C aborts, the second one kills the engine.
 *
 * @param use - its signal aborts when the command is interrupted, and with the reason 'unread' when its output is read by nobody
 * @returns the exit code: what `use` returned, 128 + the signal that interrupted it, or the engine's own if it did not start
 */
export const withEngine = async (
  { path, passed, show, telemetry = noTelemetry }: EngineUse,
  use: (engine: Client, signal: AbortSignal) => Promise<number>,
): Promise<number> => {
  engineFile(path) // says what is wrong before anything is started
  const command = engineCommand(path, passed)
  const env = { ...command.env, ...startVariables(telemetry) }
  const child = await startChild({ ...command, env })
  // Called at once: the engine answers when it has started, and says what is wrong when it cannot.
  const engine = new Client(child, realClock, { telemetry })
  engine.stderr$.subscribe((line) => show(logLine(line, process.stderr)))
  const interruption = new AbortController()
  let interruptedBy: Signal | undefined
  const interrupt = (signal: Signal): void => {
    if (interruptedBy !== undefined) void engine.kill()
    else setTimeout(() => show(patience), patienceMs).unref()
    interruptedBy ??= signal
    interruption.abort()
  }
  let writeError: NodeJS.ErrnoException | undefined
  const unread = (error: NodeJS.ErrnoException): void => {
    writeError ??= error
    interruption.abort('unread')
  }
  for (const signal of Object.keys(signalNumbers)) process.on(signal, interrupt)
  process.stdout.on('error', unread)
  process.stderr.on('error', unread)
  const exitCode = await use(engine, interruption.signal).finally(() => engine.close())
  const end = await engine.ended
  for (const signal of Object.keys(signalNumbers)) process.off(signal, interrupt) // there is nothing to wait for
  if (interruptedBy !== undefined) return 128 + signalNumbers[interruptedBy]
  if (writeError !== undefined) return afterWriteError(writeError)
  return end.how === 'exited' && neverServed.includes(end.exitCode) ? end.exitCode : exitCode
}

const neverServed: readonly number[] = [exitCodes.usage, exitCodes.startFailed, exitCodes.config]

/** `| head -1` has read enough; a full disk has lost something. */
export const afterWriteError = ({ code, message }: NodeJS.ErrnoException): number => {
  if (code === 'EPIPE') return 0
  process.stderr.write(`sidestream: The output could not be written: ${message}\n`)
  return exitCodes.outputBroken
}
