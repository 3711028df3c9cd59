/** A host for a test to kill: supervises one engine as its argument says, calls it, and prints each event as a line. */
import { supervise } from 'sidestream/host'

const { call, ...options } = JSON.parse(process.argv[2] ?? '')
const supervisor = supervise(options)
const tell = (/** @type {object} */ it) => process.stdout.write(`${JSON.stringify(it)}\n`)
supervisor.events$.subscribe(tell)
await supervisor.ready()
const answer = call && (await supervisor.engine('it').request(...call))
tell({ type: 'called', answer })
