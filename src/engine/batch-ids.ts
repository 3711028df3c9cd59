/** Ids that batches keep: their calls are answered together, so an id is open until all of them are. */
import type { Batch } from '../../pipelines/call.js'
import type { idKey } from '../protocol/request-id.js'

type IdKey = ReturnType<typeof idKey>

export class BatchIds {
  private readonly ids = new Set<IdKey>()

  /** How many ids are kept. */
  get size(): number {
    return this.ids.size
  }

  has(id: IdKey): boolean {
    return this.ids.has(id)
  }

  /** Keeps the ids of a batch until it is answered. One that another batch keeps stays with that one. */
  keep(batch: Batch, ids: readonly IdKey[]): void {
    const own = ids.filter((id) => !this.ids.has(id))
    for (const id of own) this.ids.add(id)
    batch.onAnswer = () => {
      for (const id of own) this.ids.delete(id)
    }
  }
}
