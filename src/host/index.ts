/** The other end of the pipe: starts engines, keeps them running, and talks to them. As the entry of a subpath, it puts the real parts together. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pidFiles } from '../platform/pid-files.js'
import { stateOf, usageOf } from '../platform/process-table.js'
import { keepText, stateFolder } from '../platform/text-files.js'
import type { Command } from '../ports/child.js'
import { realClock } from '../ports/clock.js'
import { noLogger } from '../ports/logger.js'
import { noTelemetry } from '../ports/telemetry.js'
import { startChild } from '../transport/child-process.js'
import type { BlackBoxFile } from './black-box.js'
import type { ClientOptions } from './client.js'
import type { HostPorts } from './host-ports.js'
import { startVariables } from './start-variables.js'
import {
  type EngineOf,
  type EngineSpecs,
  Supervisor as RealSupervisor,
  type SupervisorOptions,
} from './supervisor.js'
import type { ClientOf, ManagedEngineOf } from './typed.js'
import { welcome } from './welcome.js'

export type { RequestMeta, RequestOptions } from '../../pipelines/call-runtime.js'
export type { ChildEnd, Command } from '../ports/child.js'
export type { Logger } from '../ports/logger.js'
export type { Framing } from '../protocol/frame.js'
export { isRpcError, type RpcError } from '../protocol/rpc-error.js'
export type { BlackBoxFile } from './black-box.js'
export type { BatchedCall, ClientOptions, ClientState, Notification } from './client.js'
export type { CallOptions } from './dispatcher.js'
export { type EngineSpec, engineType } from './engine-spec.js'
export type { EndReason } from './epoch-end.js'
export type { EngineInfo } from './handshake.js'
export type { HostMethod, HostMethods, IncomingCall } from './incoming.js'
export { moduleCommand } from './module-command.js'
export type { HostEvent, MemberState, MemberStatus } from './status.js'
export type { EngineSpecs, SupervisorOptions } from './supervisor.js'
export type { Client, ClientOf, ManagedEngine } from './typed.js'
export type { Update, UpdateOptions } from './updates.js'

export interface ConnectOptions extends Command, ClientOptions {}

/**
 * Starts an engine, and waits until it answers.
 *
 * @typeParam E - `typeof` the engine, for a client with its types; without it params and results are unknown
 * @throws RpcError: EngineGone that tells why it could not be started or does not answer, DeadlineExceeded after
 * `startupMs`. Nothing is left behind then.
 */
export const connect = async <E = unknown>(options: ConnectOptions): Promise<ClientOf<E>> => {
  const env = { ...startVariables(options.telemetry ?? noTelemetry), ...options.env }
  const child = await startChild({ ...options, env })
  return (await welcome(child, realClock, options)) as ClientOf<E>
}

export interface SuperviseOptions<S extends EngineSpecs> extends SupervisorOptions<S> {
  /**
   * Where what is known of an engine that ended badly is written, and how many such files stay. Default: the latest 20
   * in the user's state folder. false writes none.
   */
  readonly blackBoxes?: { readonly folder?: string; readonly keep?: number } | false
  /** Where pid files are, by which the next host finds what this one left behind. Default: a folder of the user's session. */
  readonly runFolder?: string
}

/** Keeps engines running. */
export interface Supervisor<S extends EngineSpecs = EngineSpecs>
  extends Omit<RealSupervisor<S>, 'engine'> {
  /** @throws TypeError when there is no engine of that name */
  engine<N extends keyof S & string>(name: N): ManagedEngineOf<EngineOf<S[N]>>
}

/**
 * Starts engines, and keeps them running until `stop()`.
 *
 * @throws TypeError that names what is wrong with the options
 */
export const supervise = <const S extends EngineSpecs>(
  options: SuperviseOptions<S>,
): Supervisor<S> => new RealSupervisor(options, realPorts(options))

const defaultBoxes = 20
/** Longer than any run: the longest that a timer takes. */
const foreverMs = 2 ** 31 - 1

const realPorts = ({
  log = noLogger,
  blackBoxes = {},
  runFolder,
}: SuperviseOptions<EngineSpecs>): HostPorts => {
  const files = pidFiles(runFolder, (problem) => log.warn({}, problem))
  return {
    spawn: startChild,
    clock: realClock,
    wallClock: Date.now,
    chance: Math.random,
    newId: () => randomBytes(16).toString('hex'),
    isStopped: (pid) => stateOf(pid) === 'stopped',
    usageOf,
    note: (child) => files.add(child),
    sweep: async () => {
      for (const { pid, command, killed } of await files.sweep())
        if (killed.length > 0)
          log.warn({ pid, command, killed }, 'An engine of a host that is gone was ended')
    },
    stayAlive: () => {
      const timer = setInterval(() => {}, foreverMs)
      return () => clearInterval(timer)
    },
    keep: async (box) => {
      if (blackBoxes === false) return undefined
      const { folder = join(stateFolder(), 'black-boxes'), keep = defaultBoxes } = blackBoxes
      try {
        return await keepText(folder, nameOf(box), `${JSON.stringify(box, null, 2)}\n`, keep)
      } catch (err) {
        log.warn({ err, folder }, 'A black box could not be written')
        return undefined
      }
    },
  }
}

/** Sorts by time. */
const nameOf = ({ endedAt, key, pid }: BlackBoxFile): string =>
  `${endedAt.replaceAll(':', '-')}-${key.replace(/[^\w#.-]/g, '_')}-${pid ?? 0}.json`
