/** What the ends of engines commonly mean, and what helps. */
import type { BlackBoxFile } from '../host/black-box.js'
import { hintOf } from '../host/engine-gone.js'
import type { EndReason } from '../host/epoch-end.js'

export interface Meaning {
  readonly means: string
  readonly next: string
}

export const meaningOf = (box: BlackBoxFile): Meaning => {
  const { reason, end } = box
  if (reason === 'exit' && end.how === 'exited') return ofExit(end.exitCode, hint(box))
  if (reason === 'signal') return ofSignal(box, hint(box))
  return meanings[reason]
}

const hint = ({ end, stderr }: BlackBoxFile): string | undefined => {
  const found = hintOf(end, stderr.split('\n'))
  return found === undefined ? undefined : sentence(found)
}

const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`

const readStderr = 'Its last lines on stderr tell more.'

const meanings: Readonly<Record<EndReason, Meaning>> = {
  exit: {
    means: 'It ended by itself, which an engine does only when it is told to, or its input ends.',
    next: readStderr,
  },
  signal: {
    means: "A signal ended it that was not its host's.",
    next: 'Look who sends signals: another program, a container that is stopped, the system.',
  },
  failed_to_start: {
    means:
      'There was no process to talk to. That does not get better by itself, so it is not tried again.',
    next: 'Correct its command: the path, the permission to execute it, or its version.',
  },
  start_timeout: {
    means:
      'Its process ran, but did not say in time that it is ready: it loads or downloads something large, waits for something, or is no JSON-RPC engine.',
    next: 'Start it by hand and see what it waits for. If it only needs longer, raise `startup`.',
  },
  stdout_eof: {
    means:
      'Without a stdout it can answer nobody. Something in it has closed descriptor 1, or its main part has ended and a thread has not.',
    next: 'Look for what closes stdout, and for what keeps it from ending.',
  },
  stdin_closed: {
    means:
      'Without a stdin it can be asked nothing. Something in it has closed descriptor 0, or its reader has ended and the rest has not.',
    next: `Look for what closes stdin. ${readStderr}`,
  },
  unreadable: {
    means: 'Where one message ends and the next begins could not be told any more.',
    next: 'Something else than messages may be on its stdout. See that it prints on stderr only, and that `framing` is right.',
  },
  unresponsive: {
    means:
      'Not even its watching thread ran: its process was stopped by SIGSTOP, a debugger or a frozen container, or the machine had no time for it.',
    next: 'Look for who stops processes, and for a machine that swaps.',
  },
  hang: {
    means:
      'Its process ran, but one piece of work did not let go of the main thread, so that no message could be read.',
    next: 'Split that work, or give it to a worker thread. If it must be, raise `liveness.blockedFor`.',
  },
  silent: {
    means:
      'It answered no ping. It has no watching thread that could tell whether it works or hangs.',
    next: 'If it may be busy for so long, raise `liveness.blockedFor`; else see what it waits for.',
  },
  memory: {
    means: 'It and what it has started used more memory than `maxMemoryBytes` allows.',
    next: 'See what grows. `recycle.memoryBytes`, below that limit, replaces it in time without losing calls.',
  },
  stopped: { means: 'Its host wanted it so.', next: 'Nothing is wrong with that.' },
}

/** Those of Sidestream's own engines, and of shells. */
const exitMeanings: ReadonlyMap<number, Meaning> = new Map([
  [0, { ...meanings.exit, means: `${meanings.exit.means} Its exit code says that all was well.` }],
  [1, { means: 'Most likely an error that nothing caught.', next: readStderr }],
  [64, { means: 'Its command line was wrong.', next: readStderr }],
  [
    65,
    {
      means: 'What it was sent could not be read: the framing was broken.',
      next: 'See that `framing` is right.',
    },
  ],
  [70, { means: 'It could not start.', next: readStderr }],
  [
    74,
    { means: 'Nobody read its output, or its parent was gone.', next: 'See that its host lives.' },
  ],
  [
    75,
    {
      means: 'It was told to end, and cut off calls that took too long.',
      next: 'Raise its drain deadline, or make its calls shorter.',
    },
  ],
  [78, { means: 'Its configuration was wrong.', next: readStderr }],
  [
    126,
    {
      means: 'A shell or wrapper may not execute what it should start.',
      next: 'Correct its command.',
    },
  ],
  [
    127,
    {
      means: 'A shell or wrapper did not find what it should start.',
      next: 'Correct its command.',
    },
  ],
])

const ofExit = (exitCode: number, found: string | undefined): Meaning => {
  if (found !== undefined) return { means: found, next: readStderr }
  return exitMeanings.get(exitCode) ?? meanings.exit
}

const ofSignal = ({ end, stderr }: BlackBoxFile, found: string | undefined): Meaning => {
  const means = found === undefined ? meanings.signal.means : found
  const signal = end.how === 'killed' ? end.signal : undefined
  if (signal === 'SIGKILL')
    return {
      means: `${means} Or somebody killed it by hand.`,
      next: "The system's log tells of processes that it killed for memory: journalctl -k, or dmesg.",
    }
  return found === undefined
    ? meanings.signal
    : {
        means,
        next: stderr === '' ? 'A core dump, if the system keeps any, tells where.' : readStderr,
      }
}
