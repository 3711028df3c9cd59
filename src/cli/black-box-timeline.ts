/** The last moments of an engine: messages, ticks and events, a line each. */
import type { BlackBoxEntry } from '../host/black-box.js'
import { printable } from './style.js'

export interface Moment {
  readonly at: string
  readonly kind: BlackBoxEntry['kind']
  readonly text: string
  /** So many like it came one after the other. */
  readonly times: number
}

export interface OpenCall {
  /** Method and id. */
  readonly call: string
  readonly since: string
}

/** Long messages are kept by their beginning only, so that they are no JSON any more. */
const found = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]
const methodOf = (text: string) => found(text, /"method"\s*:\s*"((?:[^"\\]|\\.)*)"/)
const idOf = (text: string) => found(text, /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?)/)
const errorOf = (text: string) => found(text, /"error"\s*:.*?"message"\s*:\s*"((?:[^"\\]|\\.)*)"/s)

/** The host's question for how it is: a tick tells the answer. */
const ping = 'health.check'

type Calls = Map<string, OpenCall & { readonly method: string }>

/** @returns the moments, without pings that were answered, and calls of the host that were open at the end */
export const timelineOf = (
  entries: readonly BlackBoxEntry[],
): { readonly moments: readonly Moment[]; readonly open: readonly OpenCall[] } => {
  const calls = { '>': new Map() as Calls, '<': new Map() as Calls }
  const moments: Moment[] = []
  const answered = new Set<string>()
  for (const { at, kind, text } of entries) {
    const told =
      kind === '<' || kind === '>' ? messageText(kind, at, text, calls) : textOf(kind, text)
    if (told === undefined) continue
    if (told === 'pong') {
      answered.add(idOf(text) ?? '')
      continue
    }
    const last = moments.at(-1)
    if (last?.kind === kind && last.text === told)
      moments[moments.length - 1] = { ...last, at, times: last.times + 1 }
    else moments.push({ at, kind, text: told, times: 1 })
  }
  const isAnswered = ({ kind, text }: Moment): boolean =>
    kind === '>' && text.startsWith(`${ping} `) && answered.has(text.slice(ping.length + 2))
  const open = [...calls['>'].values()].filter(({ method }) => method !== ping)
  return {
    moments: moments.filter((moment) => !isAnswered(moment)),
    open: open.map(({ call, since }) => ({ call, since })),
  }
}

const messageText = (
  direction: '<' | '>',
  at: string,
  text: string,
  calls: Readonly<Record<'<' | '>', Calls>>,
): string | undefined => {
  const id = idOf(text)
  // In a reply, what it answers with may have a method of its own.
  const isReply = id !== undefined && /"(?:result|error)"\s*:/.test(beforeParams(text))
  if (!isReply) {
    const method = printable(methodOf(text) ?? 'a message')
    if (id === undefined) return method
    const call = `${method} #${printable(id)}`
    calls[direction].set(id, { method, call, since: at })
    return call
  }
  const asked = calls[direction === '<' ? '>' : '<']
  const { method = undefined, call = `#${printable(id)}` } = asked.get(id) ?? {}
  asked.delete(id)
  const error = errorOf(text)
  if (error !== undefined) return `${call} failed: ${printable(error)}`
  return method === ping ? 'pong' : `${call} is answered`
}

const beforeParams = (text: string): string => text.split(/"params"\s*:/, 1)[0] as string

const textOf = (kind: 'tick' | 'event', text: string): string => {
  if (kind === 'event') return printable(text)
  const number = (name: string): number | undefined => {
    const digits = found(text, new RegExp(`"${name}":(-?[\\d.]+)`))
    return digits === undefined ? undefined : Math.round(Number(digits))
  }
  const [open, rss, p99, blocked] = ['inFlight', 'rssBytes', 'p99Ms', 'blockedMs'].map(number)
  return [
    `${found(text, /"status":"(\w+)"/) ?? 'health'}`,
    ...(open === undefined ? [] : [`${open} open`]),
    ...(rss === undefined ? [] : [`${Math.round(rss / 1e6)} MB`]),
    ...(p99 === undefined ? [] : [`event loop p99 ${p99} ms`]),
    ...(blocked === undefined ? [] : [`longest ${blocked} ms`]),
  ].join(', ')
}
