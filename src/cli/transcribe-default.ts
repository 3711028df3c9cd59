/** The engine that is taken when none is named. */
import { once } from 'node:events'
import { engineNames } from '../speech/setup/catalog.js'

export interface Setup {
  /** Names of engines that are installed and have a model that transcribes. */
  installed(): Promise<readonly string[]>
  /** Tells of itself. @returns an exit code */
  install(engine: string): Promise<number>
}

const offered = 'faster-whisper'

export const notInstalled = {
  kind: 'DependencyMissing',
  message: 'No speech engine is installed',
  hint: `Install one: sidestream engines install ${offered}`,
}

/**
 * On a terminal, installs one if the user wants it.
 *
 * @returns undefined when there is none, or the exit code of an installation that was begun and has failed
 */
export const defaultEngine = async (
  setup: Setup,
  mayAsk: boolean,
): Promise<string | number | undefined> => {
  const names = await setup.installed()
  const name = engineNames.find((it) => names.includes(it))
  if (name !== undefined) return name
  const question = `${notInstalled.message}. Install ${offered} now (some 550 MB)? [y/N] `
  if (!mayAsk || !(await isWanted(question))) return undefined
  const code = await setup.install(offered)
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
