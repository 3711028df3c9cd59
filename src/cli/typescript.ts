/** Lets this process import TypeScript. Loaded only for engines that are written in it. */
import { MessageChannel } from 'node:worker_threads'
import type { NodeWarning } from './typescript-hooks.js'

type NodeModules = typeof import('node:module')

/** Newer Nodes run hooks in this thread; older ones in a thread of their own, which costs some 40 ms. */
const { register, registerHooks } = process.getBuiltinModule('node:module') as NodeModules & {
  registerHooks?: (hooks: object) => void
}

export const registerTypeScript = async (): Promise<void> => {
  process.setSourceMapsEnabled(true)
  // Imported late, so that the bundler makes it a file of its own, which the hooks' thread can load.
  const hooks = await import('./typescript-hooks.js')
  if (registerHooks !== undefined) {
    registerHooks(hooks)
    return
  }
  const { port1, port2 } = new MessageChannel()
  port1.on('message', ({ message, ...facts }: NodeWarning) =>
    process.emitWarning(Object.assign(new Error(message), facts)),
  )
  port1.unref()
  register(hooks.url, { data: { warnings: port2 }, transferList: [port2] })
}
