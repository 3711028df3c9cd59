/**
 * What a supervisor does, as a pure reducer: what happened in, the next state and what is to be done out.
 *
 * Nobody scripts a restart: events only say what each member should be, and {@link reconciled} finds the next steps
 * that the order allows, however many ends, stops and hangs come at once.
 */
import {
  afterEnd,
  type Ended,
  type FailureHistory,
  noFailures,
  type RestartPolicy,
} from './restart-policy.js'

/** Whom the end of one engine concerns: nobody else, all, or those after it. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'

export type Phase = 'down' | 'starting' | 'ready' | 'stopping'

/** One process that is kept running. Several members of one engine are its pool. */
export interface Member {
  readonly key: string
  readonly engine: string
  readonly isPooled: boolean
  readonly policy: RestartPolicy
  readonly phase: Phase
  /** Should it run? */
  readonly wanted: boolean
  /** It runs, and has to be stopped before anything else: a sibling's end, or a replacement, wants it so. */
  readonly mustStop: boolean
  readonly isQuarantined: boolean
  /** It is not started before, by the clock; undefined when nothing is waited for. */
  readonly notBefore: number | undefined
  readonly history: FailureHistory
}

export interface Supervision {
  readonly strategy: Strategy
  readonly members: readonly Member[]
}

export type SupervisionEvent =
  | { readonly type: 'ready'; readonly key: string }
  | ({ readonly type: 'ended'; readonly key: string } & Ended)
  /** A wait is over. */
  | { readonly type: 'due'; readonly key: string }
  | { readonly type: 'add'; readonly member: Member }
  /** It is not wanted any more; it is forgotten when it is down. */
  | { readonly type: 'stop'; readonly key: string }
  | { readonly type: 'stop-all' }
  /** It is to be replaced by a new process. */
  | { readonly type: 'recycle'; readonly key: string }
  /** It is started again, and what was is forgotten. */
  | { readonly type: 'resume'; readonly engine: string }

export type Action =
  | { readonly type: 'spawn'; readonly key: string }
  | { readonly type: 'stop'; readonly key: string }
  /** Tell `due` so much later. */
  | { readonly type: 'wait'; readonly key: string; readonly delayMs: number }
  | { readonly type: 'cancel-wait'; readonly key: string }
  | {
      readonly type: 'restarting'
      readonly key: string
      readonly delayMs: number
      readonly attempt: number
    }
  | {
      readonly type: 'quarantined'
      readonly key: string
      readonly budget: 'startFailures' | 'crashes'
    }

export type Stepped = readonly [Supervision, readonly Action[]]

export const newMember = (
  key: string,
  engine: string,
  policy: RestartPolicy,
  isPooled = false,
): Member => ({
  key,
  engine,
  isPooled,
  policy,
  phase: 'down',
  wanted: true,
  mustStop: false,
  isQuarantined: false,
  notBefore: undefined,
  history: noFailures,
})

/**
 * @param now - by the clock, in milliseconds
 * @param chance - from 0 to 1, for the jitter of a wait
 */
export const step = (
  state: Supervision,
  event: SupervisionEvent,
  now: number,
  chance: number,
): Stepped => {
  const [next, actions] = happened(state, event, now, chance)
  const [settled, more] = reconciled(next)
  return [settled, [...actions, ...more]]
}

const happened = (
  state: Supervision,
  event: SupervisionEvent,
  now: number,
  chance: number,
): Stepped => {
  switch (event.type) {
    case 'ready':
      return [
        edit(state, event.key, (it) => (it.phase === 'starting' ? { ...it, phase: 'ready' } : it)),
        [],
      ]
    case 'ended':
      return ended(state, event, now, chance)
    case 'due':
      return [edit(state, event.key, (it) => ({ ...it, notBefore: undefined })), []]
    case 'add':
      return [{ ...state, members: withMember(state.members, event.member) }, []]
    case 'stop':
      return unwanted(state, (it) => it.key === event.key)
    case 'stop-all':
      return unwanted(state, () => true)
    case 'recycle':
      return [edit(state, event.key, (it) => ({ ...it, mustStop: isUp(it) })), []]
    case 'resume':
      return resumed(state, event.engine)
  }
}

/** A pool stays together, and keeps its place in the order. */
const withMember = (members: readonly Member[], member: Member): readonly Member[] => {
  const last = members.findLastIndex(({ engine }) => engine === member.engine)
  return last === -1 ? [...members, member] : members.toSpliced(last + 1, 0, member)
}

const unwanted = (state: Supervision, isMeant: (member: Member) => boolean): Stepped => [
  {
    ...state,
    members: state.members.map((it) =>
      isMeant(it) ? { ...it, wanted: false, notBefore: undefined } : it,
    ),
  },
  state.members
    .filter((it) => isMeant(it) && it.notBefore !== undefined)
    .map(({ key }) => ({ type: 'cancel-wait', key })),
]

const resumed = (state: Supervision, engine: string): Stepped => {
  const isMeant = (it: Member): boolean => it.engine === engine
  const members = state.members.map((it) =>
    isMeant(it)
      ? { ...it, wanted: true, isQuarantined: false, notBefore: undefined, history: noFailures }
      : it,
  )
  const waiting = state.members.filter((it) => isMeant(it) && it.notBefore !== undefined)
  return [{ ...state, members }, waiting.map(({ key }) => ({ type: 'cancel-wait', key }))]
}

const ended = (
  state: Supervision,
  { key, ...how }: Ended & { readonly key: string },
  now: number,
  chance: number,
): Stepped => {
  const member = state.members.find((it) => it.key === key)
  if (member === undefined || member.phase === 'down') return [state, []]
  const down = edit(state, key, (it) => ({ ...it, phase: 'down', mustStop: false }))
  if (member.phase === 'stopping' || !member.wanted) return [down, []] // as it should
  const verdict = afterEnd(member.policy, member.history, how, now, chance)
  const { history } = verdict
  switch (verdict.what) {
    case 'rest':
      return [edit(down, key, (it) => ({ ...it, wanted: false, history })), []]
    case 'quarantine':
      return [
        withSiblings(
          edit(down, key, (it) => ({ ...it, isQuarantined: true, history })),
          member,
        ),
        [{ type: 'quarantined', key, budget: verdict.budget }],
      ]
    case 'restart': {
      const { delayMs } = verdict
      const waiting = edit(down, key, (it) => ({ ...it, history, notBefore: now + delayMs }))
      return [
        withSiblings(waiting, member),
        [
          { type: 'restarting', key, delayMs, attempt: history.attempts },
          { type: 'wait', key, delayMs },
        ],
      ]
    }
  }
}

/** Those that share its fate are stopped, and come back after it, but for temporary ones. */
const withSiblings = (state: Supervision, failed: Member): Supervision => {
  if (failed.isPooled || state.strategy === 'one_for_one') return state
  const place = state.members.findIndex(({ key }) => key === failed.key)
  return {
    ...state,
    members: state.members.map((it, index) => {
      const isMeant = index > place || (state.strategy === 'one_for_all' && index !== place)
      if (!isMeant || !isUp(it)) return it
      return { ...it, mustStop: true, wanted: it.wanted && it.policy.type !== 'temporary' }
    }),
  }
}

const isUp = ({ phase }: Member): boolean => phase !== 'down'

/** All steps that the order allows now. Stops go from last to first, starts from first to last. */
const reconciled = (state: Supervision): Stepped => {
  const isOrdered = state.strategy !== 'one_for_one'
  const members = [...state.members]
  const actions: Action[] = []
  const isToStop = (it: Member): boolean => isUp(it) && (it.mustStop || !it.wanted)
  for (let i = members.length - 1; i >= 0; i -= 1) {
    const member = members[i] as Member
    if (!isToStop(member) || member.phase === 'stopping') continue
    if (isOrdered && members.slice(i + 1).some((it) => isToStop(it) && it.engine !== member.engine))
      continue
    members[i] = { ...member, phase: 'stopping' }
    actions.push({ type: 'stop', key: member.key })
  }
  for (const [i, member] of members.entries()) {
    const { wanted, isQuarantined, notBefore, engine, key } = member
    if (isUp(member) || !wanted || isQuarantined || notBefore !== undefined) continue
    const others = members.filter((it) => it.engine !== engine)
    const isInOrder = others.every((it) =>
      members.indexOf(it) < i
        ? (it.phase === 'ready' && !it.mustStop) || !it.wanted
        : !isToStop(it),
    )
    // All come back together: nobody starts before the one that ended may.
    const isTooSoon = others.some((it) => it.notBefore !== undefined || it.isQuarantined)
    if (state.strategy === 'one_for_all' && isTooSoon) continue
    if (isOrdered && !isInOrder) continue
    members[i] = { ...member, phase: 'starting' }
    actions.push({ type: 'spawn', key })
  }
  return [
    { ...state, members: members.filter((it) => isUp(it) || it.wanted || !it.isPooled) },
    actions,
  ]
}

const edit = (
  state: Supervision,
  key: string,
  change: (member: Member) => Member,
): Supervision => ({
  ...state,
  members: state.members.map((member) => (member.key === key ? change(member) : member)),
})
