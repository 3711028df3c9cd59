/** How far pip is, by what it prints. */

export interface PipProgress {
  /** Packages that it has begun to look at. */
  readonly seen: number
  readonly message: string
  /** They are all here, and are being unpacked. */
  readonly isUnpacking: boolean
}

export const pipStart: PipProgress = { seen: 0, message: '', isUnpacking: false }

export const pipStep = (before: PipProgress, line: string): PipProgress => {
  const [, name] = /^(?:Collecting|Requirement already satisfied:) ([\w.-]+)/.exec(line) ?? []
  if (name !== undefined) return { ...before, seen: before.seen + 1, message: name }
  const [, wheel] = /^Processing .*?([^\\/\s]+)-\d[^\\/]*\.whl/.exec(line) ?? []
  if (wheel !== undefined) return { ...before, seen: before.seen + 1, message: wheel }
  const [, file, size] = /^ +(?:Downloading|Using cached) (\S+) \((.+)\)$/.exec(line) ?? []
  if (file !== undefined) {
    const distribution = /^([^-]+)-/.exec(file.split('/').at(-1) ?? '')?.[1] ?? file
    return { ...before, message: `${distribution}, ${size}` }
  }
  const [, built] = /^Building wheels for collected packages: (.+)$/.exec(line) ?? []
  if (built !== undefined) return { ...before, message: `building ${built}` }
  return line.startsWith('Installing collected packages:')
    ? { ...before, message: 'unpacking', isUnpacking: true }
    : before
}
