/** A host to be killed: tells the pid of its Python child once this is in the middle of a job. */
import { openBridge } from '../../../src/bridge/bridge.js'
import { pythonCommand } from '../../../src/bridge/python.js'
import { noLogger } from '../../../src/ports/logger.js'

const [file = '', method = '', python = 'python3'] = process.argv.slice(2)
const bridge = openBridge({ command: () => pythonCommand({ file, python }), log: noLogger })
const onProgress = () => process.stdout.write(`${bridge.pid}\n`)
await bridge.request(method, { seconds: 60 }, { onProgress })
