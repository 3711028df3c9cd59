/** A speech engine's work, done by a child process. */
import { defer, from, map, type Observable, Subject, switchMap } from 'rxjs'
import type { Bridge } from '../bridge/bridge.js'
import type { UpdateOptions } from '../host/updates.js'
import type { AudioInput, Clip } from '../models/audio.js'
import type { SpeechCapabilities } from '../models/engine-info.js'
import type { VadDetectRequest, VadDetectResult } from '../models/vad.js'
import type { Logger, TimedLogger } from '../ports/logger.js'
import { isRpcError, requestCancelled } from '../protocol/rpc-error.js'
import type {
  Caller,
  FoundModel,
  Heard,
  Job,
  Loaded,
  LoadOptions,
  SpeechBackend,
} from './backend.js'
import { readLanguage, readLoaded, readSpeech, readUnloaded, readUpdate } from './child-wire.js'

export interface ChildBackendOptions {
  readonly capabilities: SpeechCapabilities
  readonly engineOptions: readonly string[]
  models(): Promise<readonly FoundModel[]>
  /**
   * The folder of a model.
   *
   * @throws RpcError, ModelNotFound, that names where it was looked for
   */
  pathOf(model: string): Promise<string>
  /** Models that the child works with beside the one that is asked for: of where somebody speaks. */
  readonly companions?: readonly string[]
  /** More params of `load`. */
  readonly loadParams?: () => object
  /** Called once, when the engine starts. Nothing is started by it: the first call does that. */
  openBridge(log: Logger): Bridge
}

export const childBackend = (options: ChildBackendOptions): SpeechBackend =>
  new ChildBackend(options)

/** The child may have one of its own; else it says so. */
const unlessNotFound = (error: unknown): undefined => {
  if (!isRpcError(error) || error.kind !== 'ModelNotFound') throw error
}

/** The child's work is a part of the caller's trace. */
const callOf = ({ signal, trace }: Caller): UpdateOptions => ({ signal, meta: trace })

/** Where a model is: as it was asked for, and in which child. */
interface Holding {
  readonly options: LoadOptions
  readonly child: number
}

class ChildBackend implements SpeechBackend {
  readonly capabilities: SpeechCapabilities
  readonly engineOptions: readonly string[]
  readonly gone$: Observable<{ readonly reason: string }>
  private readonly gone = new Subject<{ readonly reason: string }>()
  private readonly options: ChildBackendOptions
  private readonly held = new Map<string, Holding>()
  private opened: Bridge | undefined
  /** The child that has the companions. */
  private accompanied = 0

  constructor(options: ChildBackendOptions) {
    this.capabilities = options.capabilities
    this.engineOptions = options.engineOptions
    this.gone$ = this.gone.asObservable()
    this.options = options
  }

  start(log: TimedLogger): void {
    this.opened = this.options.openBridge(log)
    this.opened.gone$.subscribe(({ message }) => this.gone.next({ reason: message }))
  }

  async stop(): Promise<void> {
    await this.opened?.end(false)
  }

  models(): Promise<readonly FoundModel[]> {
    return this.options.models()
  }

  async load(model: string, options: LoadOptions, caller: Caller): Promise<Loaded> {
    const path = await this.options.pathOf(model)
    const child = await this.child(caller)
    const more = this.options.loadParams?.() ?? {}
    const params = { model, path, ...options, ...more }
    const loaded = readLoaded(await this.bridge.request('load', params, callOf(caller)))
    this.held.set(model, { options, child })
    return loaded
  }

  async unload(model: string, hard: boolean): Promise<number> {
    if (hard) {
      this.held.clear()
      await this.bridge.end(true)
      return 0
    }
    this.held.delete(model)
    if (this.bridge.pid === undefined) return 0
    try {
      return readUnloaded(await this.bridge.request('unload', { model })).rssBytes
    } catch (error) {
      if (isRpcError(error) && error.kind === 'EngineGone') return 0 // and so is the model
      throw error
    }
  }

  transcribe(job: Job, caller: Caller): Observable<Heard> {
    return defer(() => from(this.prepare(job, caller))).pipe(
      switchMap(() => this.bridge.updates('transcribe', job, callOf(caller))),
      map(readUpdate),
    )
  }

  async detectLanguage(
    model: string,
    audio: AudioInput,
    clip: Clip | undefined,
    caller: Caller,
  ): Promise<ReturnType<typeof readLanguage>> {
    await this.hold(model, caller)
    const params = { model, audio, ...(clip !== undefined && { clip }) }
    return readLanguage(await this.bridge.request('detectLanguage', params, callOf(caller)))
  }

  async detectSpeech(request: VadDetectRequest, caller: Caller): Promise<VadDetectResult> {
    await this.accompany(caller)
    return readSpeech(await this.bridge.request('detectSpeech', request, callOf(caller)))
  }

  /** One child may go while it is given what is needed, and the next has none of it. */
  private async prepare({ model, vad }: Job, caller: Caller): Promise<void> {
    do {
      await this.hold(model, caller)
      if (vad !== false) await this.accompany(caller)
    } while ((await this.child(caller)) !== this.held.get(model)?.child)
  }

  private async accompany(caller: Caller): Promise<void> {
    const { companions = [] } = this.options
    const child = await this.child(caller)
    if (companions.length === 0 || child === this.accompanied) return
    for (const model of companions) {
      const path = await this.options.pathOf(model).catch(unlessNotFound)
      if (path !== undefined) await this.bridge.request('load', { model, path }, callOf(caller))
    }
    this.accompanied = child
  }

  /** A child may have been killed since the engine looked, for a job before this one: the next has no model in memory. */
  private async hold(model: string, caller: Caller): Promise<void> {
    const held = this.held.get(model)
    if (held === undefined) throw new TypeError(`The model ${model} is used before it is loaded`)
    if ((await this.child(caller)) !== held.child) await this.load(model, held.options, caller)
  }

  /** Its number. For a call that was cancelled none is started, which nobody would end when the engine has stopped. */
  private async child({ signal }: Caller): Promise<number> {
    if (signal.aborted) throw requestCancelled()
    return this.bridge.ready()
  }

  private get bridge(): Bridge {
    if (this.opened === undefined) throw new TypeError('The backend has not been started')
    return this.opened
  }
}
