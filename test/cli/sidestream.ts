/** The built command as a child process, and what came of it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url))
export const tester = fileURLToPath(new URL('engines/tester.js', import.meta.url))
/** The built package, for modules outside of it. */
export const packageUrl = new URL('../../dist/index.js', import.meta.url).href

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** Resolves when stdout or stderr has had this text. */
  printed(text: string): Promise<void>
  readonly ran: Promise<Ran>
}

export interface RunOptions {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
}

export const start = (args: readonly string[], { stdin, env = {} }: RunOptions = {}): Running => {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH, HOME, ...env } })
  const waiting: (() => void)[] = []
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const check of waiting) check()
    })
  }
  child.stdin.on('error', () => {})
  if (stdin !== undefined) child.stdin.end(stdin)
  const ran = new Promise<Ran>((resolve) => {
    child.once('close', (code) => resolve({ code, ...output }))
  })
  const printed = (text: string): Promise<void> => {
    const isThere = (): boolean => output.stdout.includes(text) || output.stderr.includes(text)
    return new Promise((resolve, reject) => {
      waiting.push(() => isThere() && resolve())
      waiting.at(-1)?.()
      void ran.then((it) => reject(new Error(`ended without ${text}: ${JSON.stringify(it)}`)))
    })
  }
  return { child, printed, ran }
}

/** Runs a command to its end. */
export const sidestream = (
  args: readonly string[],
  options: RunOptions = { stdin: '' },
): Promise<Ran> => start(args, options).ran

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A folder of modules that lives as long as this process. */
export const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-cli-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  folders.push(folder)
  return folder
}
