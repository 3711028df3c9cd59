/** How a Python engine is started, for who wants this Node to serve it. */
import { pythonCommand } from '../bridge/python.js'

/** @param path - the file as it was typed */
export const pythonHint = (file: string, path: string): string => {
  const { command, env = {} } = pythonCommand({ file })
  return [
    `${path} is served by Python, without Node between it and its host. To start it:`,
    `  PYTHONPATH=${quoted(env['PYTHONPATH'] ?? '')} ${command} ${quoted(path)}`,
    `A host in Node takes pythonCommand({ file: ${JSON.stringify(path)} }); from here: sidestream call ${quoted(path)} METHOD`,
  ].join('\n')
}

/** For a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
