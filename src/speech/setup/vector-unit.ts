/** What the processor can do. */
import { readFile } from 'node:fs/promises'

/** Undefined where nobody tells, and on processors that are not Intel's kind. */
export const hasAvx = async (): Promise<boolean | undefined> => {
  if (process.arch !== 'x64') return undefined
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  const flags = /^flags\s*: (.*)$/m.exec(text)?.[1]
  return flags?.split(' ').includes('avx')
}
