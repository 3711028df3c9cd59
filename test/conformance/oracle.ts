/** What the specification and DESIGN.md say of one message, written down a second time, to judge an engine by. */

export interface Rules {
  readonly messageBytes: number
  readonly depth: number
  readonly batch: number
  /** Methods that answer with their params, or null without. */
  readonly methods: readonly string[]
}

/** `[id, code]` of an error, `[id, 'result', value]` of a result; a list of them in `batch` for an array. */
export type Verdict =
  | readonly unknown[]
  | { readonly batch: readonly (readonly unknown[])[] }
  | undefined

const parseError: Verdict = [null, -32700]
const invalidRequest = (id: unknown = null): readonly unknown[] => [id, -32600]

/** @param bytes - of one message, without newline or header */
export const judge = (bytes: Buffer, rules: Rules): Verdict => {
  if (bytes.length > rules.messageBytes) return invalidRequest()
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return parseError
  }
  if (depthOf(value) > rules.depth)
    return invalidRequest(Array.isArray(value) ? null : readable(value))
  if (!Array.isArray(value)) return judgeOne(value, rules)
  if (value.length === 0 || value.length > rules.batch) return invalidRequest()
  const ids = new Set<unknown>()
  const verdicts = value.flatMap((member) => {
    const verdict = judgeOne(member, rules)
    if (verdict === undefined) return []
    const [id, code] = verdict
    if (id === null || code === -32600) return [verdict]
    if (ids.has(id)) return [invalidRequest(id)]
    ids.add(id)
    return [verdict]
  })
  return verdicts.length === 0 ? undefined : { batch: verdicts }
}

const judgeOne = (value: unknown, { methods }: Rules): readonly unknown[] | undefined => {
  if (!isObject(value)) return invalidRequest()
  if (!('method' in value) && ('result' in value || 'error' in value)) return undefined
  const { jsonrpc, method, params, id } = value
  const hasParams = !('params' in value) || (typeof params === 'object' && params !== null)
  if (jsonrpc !== '2.0' || typeof method !== 'string' || !hasParams) {
    return invalidRequest(readable(value))
  }
  if (!('id' in value)) return undefined
  if (!isId(id)) return invalidRequest()
  return methods.includes(method) ? [id, 'result', params ?? null] : [id, -32601]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isId = (id: unknown): boolean => id === null || typeof id === 'string' || Number.isFinite(id)

const readable = (value: unknown): unknown =>
  isObject(value) && isId(value['id']) ? value['id'] : null

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0
