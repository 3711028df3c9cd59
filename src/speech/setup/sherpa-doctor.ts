/** Whether the engine without Python works: its native library is loaded in a process of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Check } from './doctor.js'
import { type Places, userPlaces } from './places.js'
import { findSherpa, sherpaCommand } from './sherpa-package.js'

const longestMs = 60_000

export const diagnoseSherpa = async (places: Places = userPlaces()): Promise<readonly Check[]> => {
  const found = findSherpa(places)
  const name = 'installation'
  if (found === undefined) {
    const advice = `To install it: ${sherpaCommand}`
    return [{ name, status: 'fail', message: 'sherpa-onnx is not installed', advice }]
  }
  const installed: Check = { name, status: 'ok', message: `${found.version}, ${found.folder}` }
  try {
    await promisify(execFile)(process.execPath, ['-e', 'require(process.argv[1])', found.folder], {
      timeout: longestMs,
      windowsHide: true,
    })
    return [installed, { name: 'library', status: 'ok', message: 'it loads' }]
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    const reason = stderr.split('\n').find((line) => /Error/.test(line)) ?? message
    const advice = `To install it anew: ${sherpaCommand}`
    return [installed, { name: 'library', status: 'fail', message: reason.trim(), advice }]
  }
}
