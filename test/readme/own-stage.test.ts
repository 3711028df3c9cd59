/** README's second example in TypeScript: a stage of one's own, its test, and an engine with it. Only what users can import. */
import { filter, map } from 'rxjs'
import { type Call, engine, method, rpcError, standardCalls, t } from 'sidestream'
import { marbles, testCalls, testEngine } from 'sidestream/testing'
import { suite } from 'uvu'

const Patient = t.type({ patient: t.number })

/** Answers calls about strangers itself; all others pass. */
const onlyKnownPatients = (known: ReadonlySet<number>) =>
  filter((call: Call) => {
    if (!Patient.is(call.params) || known.has(call.params.patient)) return true
    return call.fail(rpcError('UnknownPatient', `No patient ${call.params.patient}`))
  })

const ids = map((it: { readonly id?: unknown }) => it.id)

const test = suite('onlyKnownPatients')

test(
  'answers calls about strangers',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const source = '  a-b-c|'
    const passed = '  a---c|'
    const answered = '--b---'
    const requests = { a: { params: { patient: 7 } }, b: { params: { patient: 8 } } }
    const stage = onlyKnownPatients(new Set([7]))
    expectObservable(calls(source, requests).pipe(stage, ids)).toBe(passed)
    const unknown = rpcError('UnknownPatient', 'No patient 8')
    expectObservable(replies).toBe(answered, { b: { id: 'b', error: unknown } })
  }),
)

test(
  'stands in an engine like any other stage',
  marbles(({ clock, cold, expectObservable }) => {
    const clinic = engine({
      name: 'clinic',
      version: '1.0.0',
      methods: { scan: method({ params: Patient, handler: () => cold('---x|') }) },
      calls: (calls$, settings) =>
        calls$.pipe(onlyKnownPatients(new Set([7])), standardCalls(settings)),
    })
    const { send, replies } = testEngine(clock, clinic)
    const scan = (patient: number) => ({ method: 'scan', params: { patient } })
    send('                                          ab--', { a: scan(7), b: scan(8) })
    expectObservable(replies.pipe(ids)).toBe('-b--a')
  }),
)

test.run()
