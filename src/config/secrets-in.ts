/** The secrets that a config holds. */
import { isSecret } from '../protocol/secret.js'

/** Their texts, for whoever has to keep them out of what is written. */
export const secretsIn = (value: unknown): readonly string[] => {
  const seen = new Set<unknown>()
  const texts: string[] = []
  const walk = (at: unknown, isHidden: boolean): void => {
    if (typeof at !== 'object' || at === null) {
      if (isHidden && (typeof at === 'string' || typeof at === 'number')) texts.push(String(at))
      return
    }
    if (seen.has(at)) return
    seen.add(at)
    if (isSecret(at)) walk(at.reveal(), true)
    else for (const below of Object.values(at)) walk(below, isHidden)
  }
  walk(value, false)
  return texts
}
