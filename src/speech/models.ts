/** The models of an engine: those that are there, and those that are in memory. */
import { defer, Observable } from 'rxjs'
import type {
  ModelListResult,
  ModelLoadRequest,
  ModelLoadResult,
  ModelUnloadRequest,
  ModelUnloadResult,
} from '../models/model-info.js'
import { didYouMean } from '../protocol/nearest.js'
import { rpcError } from '../protocol/rpc-error.js'
import type { Caller, FoundModel, SpeechBackend } from './backend.js'
import { HeldModel, type Keeper, type Use } from './held-model.js'

export class Models {
  private readonly backend: SpeechBackend
  private readonly held = new Map<string, HeldModel>()
  private readonly keeper: Keeper

  constructor(backend: SpeechBackend, keeper: Omit<Keeper, 'backend'>) {
    this.backend = backend
    this.keeper = { ...keeper, backend }
  }

  async list(): Promise<ModelListResult> {
    const found = await this.backend.models()
    const others = [...this.held.values()].filter(
      ({ model, loaded }) => loaded !== undefined && found.every((it) => it.model !== model),
    )
    return {
      models: [...found, ...others.map(({ model }) => ({ model }))].map((it) => ({
        ...it,
        ...(this.held.get(it.model)?.info ?? { state: 'available' as const }),
      })),
    }
  }

  async load(request: ModelLoadRequest, caller: Caller): Promise<ModelLoadResult> {
    const { model, keepAliveMs, ...options } = request
    const { loadMs, loaded } = await this.with(model, (it) => it.load(options, keepAliveMs, caller))
    return { model, loadMs: Math.round(loadMs), rssBytes: loaded.rssBytes }
  }

  async unload({ model, hard = false }: ModelUnloadRequest): Promise<ModelUnloadResult> {
    if (!this.held.has(model)) {
      const names = (await this.backend.models()).map((it) => it.model)
      if (!names.includes(model))
        throw rpcError('ModelNotFound', `There is no model ${model}.${didYouMean(model, names)}`, {
          model,
        })
    }
    const rssBytes = await this.with(model, (it) => it.unload(hard))
    if (hard) this.gone() // the others were in the same process
    return { model, rssBytes }
  }

  /**
   * Does something with a model, which is loaded if it is not, and stays loaded meanwhile.
   *
   * @param check - throws if it is not the right one; not called for one that was not found, which only the backend can judge
   */
  using<T>(
    model: string,
    caller: Caller,
    check: (found: FoundModel) => void,
    work: (use: Use) => Observable<T>,
  ): Observable<T> {
    return new Observable((subscriber) => {
      this.acquire(model, caller, check).then(
        (use) => {
          subscriber.add(use.release)
          if (!subscriber.closed) subscriber.add(defer(() => work(use)).subscribe(subscriber))
        },
        (error) => subscriber.error(error),
      )
    })
  }

  /** The process that held them has ended. */
  gone(): void {
    for (const held of this.held.values()) held.gone()
  }

  /** They are unloaded with the process. */
  stop(): void {
    for (const held of this.held.values()) held.stopTimer()
  }

  private async acquire(model: string, caller: Caller, check: (found: FoundModel) => void) {
    const found = this.held.get(model)?.found ?? (await this.find(model))
    if (found !== undefined) check(found)
    return this.with(model, async (it) => {
      const use = await it.acquire(caller)
      it.found = found
      return use
    })
  }

  private async find(model: string): Promise<FoundModel | undefined> {
    return (await this.backend.models()).find((it) => it.model === model)
  }

  /** Callers may name any number of models that do not exist. */
  private async with<T>(model: string, work: (held: HeldModel) => Promise<T>): Promise<T> {
    const held = this.held.get(model) ?? new HeldModel(model, this.keeper)
    this.held.set(model, held)
    try {
      return await work(held)
    } finally {
      if (held.isForgotten) this.held.delete(model)
    }
  }
}
