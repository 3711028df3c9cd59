/** A host that hands its own streams on to an engine, which hears nothing by them when it dies. */
import { spawn } from 'node:child_process'

const [, , ...command] = process.argv
const { pid } = spawn(process.execPath, command, { stdio: [3, 'inherit', 'inherit'] })
process.stderr.write(`${JSON.stringify({ msg: 'engine spawned', enginePid: pid })}\n`)
setInterval(() => {}, 1000)
