/** The engine that is taken when none is named. */
import { once } from 'node:events'
import { engineNames } from '../speech/setup/catalog.js'

export interface Setup {
  /** Names of engines that are installed and have a model that transcribes. */
  installed(): Promise<readonly string[]>
  /** Tells of itself. @returns an exit code */
  install(args: readonly string[]): Promise<number>
}

/** What a model has to be able to do. */
export interface Wish {
  readonly language: string | undefined
  readonly task: 'transcribe' | 'translate'
}

export const offered = 'faster-whisper'

/** The default model is small, and knows English only. This one knows a hundred languages. */
export const multilingual = 'base'

const argsFor = ({ language = 'en', task }: Wish): readonly string[] =>
  task === 'transcribe' && /^en\b/i.test(language) ? [offered] : [offered, '--model', multilingual]

export const installCommand = (wish: Wish): string =>
  `sidestream engines install ${argsFor(wish).join(' ')}`

const message = 'No speech engine is installed'

export const notInstalledFor = (wish: Wish) => ({
  kind: 'DependencyMissing',
  message,
  hint: `Install one: ${installCommand(wish)}`,
})

/**
 * On a terminal, installs one if the user wants it.
 *
 * @returns undefined when there is none, or the exit code of an installation that was begun and has failed
 */
export const defaultEngine = async (
  setup: Setup,
  wish: Wish,
  mayAsk: boolean,
): Promise<string | number | undefined> => {
  const names = await setup.installed()
  const name = engineNames.find((it) => names.includes(it))
  if (name !== undefined) return name
  const question = `${message}. Install ${offered} now (some 550 MB)? [y/N] `
  if (!mayAsk || !(await isWanted(question))) return undefined
  const code = await setup.install(argsFor(wish))
  return code === 0 ? offered : code
}

/** A line from the terminal. Ctrl-C at the question ends the command, and Ctrl-D is a no. */
const isWanted = async (question: string): Promise<boolean> => {
  const { stdin, stderr } = process
  stderr.write(question)
  const end = new AbortController()
  const { signal } = end
  const answer = await Promise.race([
    once(stdin, 'data', { signal }),
    once(stdin, 'end', { signal }),
  ]).then(([line]) => `${line ?? ''}`)
  end.abort()
  stdin.pause()
  if (!answer.endsWith('\n')) stderr.write('\n')
  return /^\s*y(es)?\s*$/i.test(answer)
}
