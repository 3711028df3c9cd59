/** The built command on a terminal of its own, by `script` of util-linux. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cli, type Ran } from './sidestream.js'

const script = '/usr/bin/script'

export const hasTerminals = process.platform === 'linux' && existsSync(script)

export const onTerminal = (args: readonly string[], env: Readonly<Record<string, string>>) => {
  const { PATH, HOME } = process.env
  const line = ['exec', process.execPath, cli, ...args].join(' ')
  const child = spawn(script, ['-qec', line, '/dev/null'], {
    env: { PATH, HOME, TERM: 'xterm', SHELL: '/bin/sh', ...env },
  })
  let output = ''
  /** Colours as `<32>`. */
  const text = (): string =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such
    output.replaceAll('\r\n', '\n').replaceAll(/\x1b\[(\d+)m/g, '<$1>')
  const waiting: (() => void)[] = []
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    for (const check of waiting) check()
  })
  const ran = new Promise<Ran>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout: text(), stderr: '' }))
  })
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        const found = pattern.exec(text())
        if (found !== null) resolve(found)
      })
      waiting.at(-1)?.()
      void ran.then(() => reject(new Error(`ended without ${pattern}: ${text()}`)))
    })
  return { child, ran, printed }
}
