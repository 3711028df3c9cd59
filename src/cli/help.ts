/** What the command and its verbs are for. */
import { exitCodes } from '../engine/lifecycle.js'
import { didYouMean } from '../protocol/nearest.js'
import { packageVersion } from '../version.js'
import { builtInNames } from './built-in-engines.js'

const general = `sidestream ${packageVersion}: engines as streams, JSON-RPC over stdin and stdout

  sidestream run ENGINE                     serve an engine over stdin and stdout
  sidestream call ENGINE METHOD [PARAMS]    start an engine, call one method, show the result
  sidestream transcribe FILES…              turn recordings into subtitles
  sidestream describe ENGINE [METHOD]       show what an engine can do
  sidestream health ENGINE                  start an engine and show how it is
  sidestream host ENGINE…                   keep engines running, and show how they are
  sidestream explain [BLACKBOX]             say why an engine of a host ended
  sidestream trace show [FILE]              draw where the time of calls went
  sidestream config show|explain|check|init show what is set and where that comes from, and check it
  sidestream engines list|install|doctor|remove
                                            speech engines: what is installed, and how to get what is not
  sidestream help VERB                      show all of a verb, with examples
  sidestream --version

ENGINE is the path of a module whose default export is an engine: ./engine.js, or ./engine.ts as it is;
or the name of one that is built in: ${builtInNames().join(', ')}. All but run and config take a Python program, too: ./engine.py.
`

const exits = `Exit codes: 0 all is well, 64 wrong usage, 70 the engine could not be started`

/** Settings, where the engine's process is started by what was typed. */
const settings = (width: number): string =>
  [
    [
      '--config FILE',
      'settings; default: sidestream.config.yaml (or .json) here, or in the config folder of the user',
    ],
    ['--set KEY=VALUE', 'one setting, as --set limits.maxInFlight=8; any number of times'],
  ]
    .map(([option = '', text]) => `  ${option.padEnd(width)}${text}`)
    .join('\n')

const verbs: Readonly<Record<string, string>> = {
  run: `sidestream run ENGINE [options]
Serves an engine over stdin and stdout until the input ends, or SIGTERM. Logs are on stderr.

  --framing ndjson|content-length   fix the framing; default: the first bytes that come decide
  --log-level LEVEL                 trace, debug, info (default), warn, error or fatal
  --no-parent-watch                 go on when the parent process is gone
${settings(34)}

  echo '{"jsonrpc":"2.0","id":1,"method":"add","params":{"a":1,"b":2}}' | sidestream run ./engine.ts

${exits},
65 the framing is broken, 74 nobody reads the output, 75 calls were cut off at the end, 78 the config is wrong
`,
  call: `sidestream call ENGINE METHOD [PARAMS] [options]
Starts an engine, calls one method, shows the result, and stops the engine.

  PARAMS           JSON, @FILE, or - for stdin; default: none
  --timeout TIME   how long the call may take: 500ms, 30s, 5m
  --stream         print each progress value as a line of JSON; the last line is the result
  --json           print the result as one line of JSON on stdout; the error of a failed call as one on stderr
  --health         then show how the engine is, unless the call failed
  --trace          then draw where the time went; sidestream trace show draws it again
  --verbose        show all that the engine logs, not only warnings
${settings(17)}

  sidestream call ./engine.ts add '{"a": 1, "b": 2}'
  sidestream call ./vad.ts vad.detect @params.json --timeout 30s
  sidestream call ./asr.ts transcribe - --json < params.json | jq .text

Ctrl-C cancels the call; once more, and the engine is killed.
${exits}, 1 the call failed,
78 the config is wrong
`,
  transcribe: `sidestream transcribe FILES… [options]
Turns recordings into subtitles, in files of the same name beside them. The same again goes on where it was
interrupted, and does nothing twice.

  --engine ENGINE   faster-whisper, funasr, sherpa-onnx, fake, or the path of a module; default: the first of these
                    that is installed
  --model NAME      default: of the models that know the language, the largest; without --language, one that knows
                    several is taken before one that knows only English
  --language CODE   that is spoken, such as en; default: it is detected
  --task TASK       transcribe (default), or translate into English
  --prompt TEXT     that could stand before: spelling, names, style
  --hotwords WORDS  that are likely to be said, with commas between, where the engine takes them
  --beam-size N     hypotheses that are followed at once; default: of the engine
  --temperature T   randomness, from 0 to 1; several with commas between: the next where a result is poor
  --clip FROM-TO    this part of each file: 90-120, 1:30-2:00, or 1:30- to the end
  --no-vad          listen to silence, too
  --guards WHAT     of what seems to be made up: drop it (default), flag it with a warning, or off
  --device NAME     cpu or cuda; default: the best that there is
  --compute-type T  numbers that the model is computed in, as int8, float16; default: those of the device
  --format NAMES    srt (default), vtt, json, txt, lrc; several with commas between
  --output DIR      write there; - prints the transcript of one file
  --words           times of words in vtt and json
  --max-chars N     longest line, in characters; default: 42
  --max-lines N     most lines at a time; default: 2
  --max-cps N       fastest text, in characters a second; default: 17
  --jobs N          N files at once, each in a process of its own; they share the cores; default: 1
  --timeout TIME    how long one file may take: 30s, 5m, 2h
  --overwrite       do again what is done, and write over files of others
  --json            tell each event as a line of JSON on stdout
  --verbose         show all that the engine logs, not only warnings
${settings(18)}

  sidestream transcribe interview.mp3
  sidestream transcribe recordings/*.mp3 --format srt,vtt --output subtitles
  sidestream transcribe talk.wav --language de --output - --format txt

Ctrl-C cancels, and leaves no half file; once more, and the engine is killed.
${exits}, 1 a file failed,
74 a transcript could not be written, 78 the config is wrong
`,
  describe: `sidestream describe ENGINE [METHOD] [options]
Shows an engine's methods, with what they take and give. A ? marks what may be left out.

  --json            the OpenRPC document
  --verbose         show all that the engine logs, not only warnings
${settings(18)}

  sidestream describe ./engine.ts
  sidestream describe ./engine.ts --json > openrpc.json

${exits}, 78 the config is wrong
`,
  health: `sidestream health ENGINE [options]
Starts an engine, shows how it is, and stops it.

  --json            the snapshot as JSON
  --verbose         show all that the engine logs, not only warnings
${settings(18)}

  sidestream health ./engine.ts

${exits}, 1 it is not well,
78 the config is wrong
`,
  host: `sidestream host ENGINE… [options]
Keeps engines running in the foreground, and starts them again when they end. On a terminal a table shows how they
are; elsewhere each change is a line of JSON on stdout, and what the engines log is on stderr.

  ENGINE               an engine, or NAME=ENGINE; default name: that of the file
  --pool N             N processes of each engine; or of some, by name: --pool asr=3,vad=2
  --strategy STRATEGY  whom the end of one engine concerns: one_for_one (default) nobody else,
                       one_for_all all of them, rest_for_one those that are named behind it
${settings(21)}
                       Both are for the engines, too. The section host of the file has { strategy, engines:
                       { NAME: { command, args, … } } }, as supervise() takes it; what is typed comes on top
  --json               lines of JSON on a terminal, too
  --verbose            show all that the engines log, not only warnings

  sidestream host ./engine.ts
  sidestream host vad=./vad.ts asr=./asr.ts --strategy rest_for_one --pool asr=2
  sidestream host --config hosts.yaml | jq -c 'select(.type == "ended")'

Ctrl-C stops all engines, the last one first; once more, and they are killed.
${exits}
or keeps ending, 78 the config is wrong
`,
  config: `sidestream config VERB [options]
Shows what is set, where that comes from, and what can be set. Secrets are shown as ***.

  show [KEY]      the config that is in force, as a file that sets the same
                  --origin: with the layer and the place that each value comes from; on a terminal,
                  long values are cut
  explain KEY     what a setting is for, its value in every layer, and what a change takes
  check [FILE]    what is wrong with a config; or, if it is fine, what putting it in force takes
  init [FILE]     write a file of all settings, commented out, and its schema for editors;
                  default: sidestream.config.yaml; a schema that is there and the same is kept
  schema          the JSON Schema of the file
  reference       all settings, as tables in Markdown

  --engine ENGINE load this engine, to know its own settings, its methods, and what its code sets; without it,
                  these are not judged
${settings(16)}
  --json          of show and explain: JSON

Defaults give way to what an engine's code sets, that to the file, then SIDESTREAM_… variables, then options.

  sidestream config show --origin
  sidestream config explain limits.maxInFlight --engine ./asr.ts
  sidestream config check ./sidestream.config.yaml

${exits},
74 nothing could be written, 78 the config is wrong
`,
  engines: `sidestream engines VERB [options]
Speech engines and their models: what is installed, and how to get what is not. They are kept in the user's data
folder, and need no network when they are there.

  list                  engines, versions, models, licences, sizes, and what is missing
                        --json: as JSON
  install ENGINE        faster-whisper or funasr, from a list of packages with fixed versions; run again, it goes on
                        where it was interrupted, and updates
                        --model NAME: this model too; any number of times
                        --python PATH: the Python to take, 3.9 or newer; default: the first that fits
                        --json: progress, then the result, as lines of JSON
  doctor [ENGINE…]      try what is installed, and say what helps where something is wrong
                        --json: as JSON
  remove ENGINE         take it away again
                        --models: its models, too
                        --yes: without asking

  sidestream engines install faster-whisper
  sidestream engines install faster-whisper --model base
  sidestream engines doctor

Exit codes: 0 all is well, 1 it failed, or the doctor found something that does not work, 64 wrong usage,
130 it was interrupted
`,
  trace: `sidestream trace show [FILE] [options]
Draws the traces of calls as waterfalls: what ran when, what waited (░), and what failed (✗). ↑ marks spans whose
parent is not in the file, and a thin bar is a stage of the call above it.

  FILE         traces as lines of OTLP/JSON, with the older ones beside it (FILE.1, …), a folder of such files, or - for
               stdin
  --id ID      only the trace whose id begins with this: 4 hex digits or more
  --errors     only traces in which something failed
  --slow       the slowest first
  --min TIME   only traces that took at least so long: 200ms, 5s
  --last N     no more than the last N, or with --slow the slowest; default: 5, and 50 with an option above
  --json       each trace as one line of JSON
  --width N    draw in N columns; default: those of the terminal

  sidestream trace show ./traces.jsonl --slow --last 3
  sidestream trace show ./traces.jsonl --errors --json | jq .traceId

Exit codes: 0 all is well, 64 wrong usage, or there is no such file, 70 it cannot be read, 74 nothing could be written
`,
  explain: `sidestream explain [BLACKBOX] [options]
Says why an engine ended, from what its host wrote down then, what that commonly means, and what helps.

  BLACKBOX   a file, or a folder for the newest one in it; default: the newest of all
  --json     the file as one line of JSON, with the explanation

  sidestream explain ./2026-01-31T12-00-00.000Z-asr-4711.json

Exit codes: 0 all is well, 64 wrong usage, or there is no black box, 70 it cannot be read
`,
}

/**
 * Prints help, or that there is no such verb.
 *
 * @param name - the first word typed: a verb, `help`, an option, something else, or nothing
 * @returns the exit code
 */
export const help = (name: string, [topic]: readonly string[]): number => {
  switch (name) {
    case '--version':
    case '-v':
      return print(`${packageVersion}\n`)
    case '--help':
    case '-h':
      return print(general)
    case 'help':
      return topic === undefined ? print(general) : about(topic)
    case '':
      process.stderr.write(general)
      return exitCodes.usage
    default:
      return about(name)
  }
}

const about = (verb: string): number => {
  const text = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (text !== undefined) return print(text)
  const meant = didYouMean(verb, [...Object.keys(verbs), 'help', '--version', '--help'])
  process.stderr.write(`sidestream: There is no verb ${verb}.${meant}\nSee: sidestream help\n`)
  return exitCodes.usage
}

const print = (text: string): number => {
  process.stdout.on('error', () => {}) // `| head -1` has read enough
  process.stdout.write(text)
  return 0
}
