/** Lets this process import TypeScript. Loaded only for engines that are written in it. */
import * as nodeModule from 'node:module'
import { load, resolve } from './typescript-hooks.js'

/** Newer Nodes run hooks in this thread; older ones in a thread of their own, which costs some 40 ms. */
const { register, registerHooks } = nodeModule as typeof nodeModule & {
  registerHooks?: (hooks: { load: typeof load; resolve: typeof resolve }) => void
}

export const registerTypeScript = (): void => {
  process.setSourceMapsEnabled(true)
  if (registerHooks !== undefined) registerHooks({ load, resolve })
  else register(new URL('./typescript-hooks.js', import.meta.url))
}
