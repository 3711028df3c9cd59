/** The secrets that a config holds. */
import { isSecret } from '../protocol/secret.js'

/** Their texts, for whoever has to keep them out of what is written. */
export const secretsIn = (value: unknown): readonly string[] => {
  if (isSecret(value)) return textsIn(value.reveal())
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(secretsIn)
}

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
