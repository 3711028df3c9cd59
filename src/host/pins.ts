/** Which process of a pool the calls with one text belong to. */
import type { Epoch } from './epoch.js'

/** Texts that are remembered. What was not used for longest is forgotten, and goes wherever there is room. */
const most = 10_000

export class Pins {
  /** In the order of their last use. */
  private readonly byText = new Map<string, Epoch>()

  of(text: string): Epoch | undefined {
    const epoch = this.byText.get(text)
    if (epoch !== undefined) this.pin(text, epoch)
    return epoch
  }

  pin(text: string, epoch: Epoch): void {
    this.byText.delete(text)
    this.byText.set(text, epoch)
    if (this.byText.size <= most) return
    for (const oldest of this.byText.keys()) {
      this.byText.delete(oldest)
      return
    }
  }

  /** Its process has ended. */
  remove(epoch: Epoch): void {
    for (const [text, owner] of this.byText) if (owner === epoch) this.byText.delete(text)
  }
}
