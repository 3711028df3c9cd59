/** `installed.json`: an installation is whole when this is there, as it is written last. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

const Marker = t.type({
  version: t.literal(1),
  /** When, by ISO 8601. */
  installedAt: t.string,
  /** SHA-256 of the list of packages. */
  requirements: t.string,
  /** Version of the Python. */
  python: t.string,
  /** Of its packages, by name. */
  versions: t.record(t.string, t.string),
})
export type Marker = Readonly<t.TypeOf<typeof Marker>>

/** Undefined when there is none, or it is not ours to read. */
export const readMarker = async (file: string): Promise<Marker | undefined> => {
  try {
    return pipe(
      Marker.decode(JSON.parse(await readFile(file, 'utf8'))),
      E.match(
        () => undefined,
        (marker) => marker,
      ),
    )
  } catch {
    return undefined
  }
}

export const writeMarker = async (file: string, marker: Marker): Promise<void> => {
  const aside = `${file}.${process.pid}.tmp`
  try {
    await writeFile(aside, `${JSON.stringify(marker, null, 2)}\n`)
    await rename(aside, file)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
