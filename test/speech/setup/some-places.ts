/** Folders of a user who has nothing yet, which are gone when the tests have run. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { engineFiles, type Places } from '../../../src/speech/setup/places.js'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export const somePlaces = (): Places => {
  const root = mkdtempSync(join(tmpdir(), 'sidestream-setup-'))
  folders.push(root)
  mkdirSync(join(root, 'work'))
  return {
    data: join(root, 'data'),
    huggingFace: join(root, 'hub'),
    workingFolder: join(root, 'work'),
  }
}

/** With the folders that they are in. */
export const write = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const versions = { 'faster-whisper': '1.2.1' }

/** As an installation leaves it, but for the packages. */
export const writeEngine = (places: Places, python = process.execPath): void => {
  const files = engineFiles('faster-whisper', places)
  mkdirSync(dirname(files.python), { recursive: true })
  symlinkSync(python, files.python)
  const marker = { version: 1, installedAt: '2026-01-01', requirements: 'x', python: '3.11.7' }
  writeFileSync(files.marker, JSON.stringify({ ...marker, versions }))
}
