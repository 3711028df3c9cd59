/** Lets this process import TypeScript. Loaded only for engines that are written in it. */
type NodeModules = typeof import('node:module')

/** Newer Nodes run hooks in this thread; older ones in a thread of their own, which costs some 40 ms. */
const { register, registerHooks } = process.getBuiltinModule('node:module') as NodeModules & {
  registerHooks?: (hooks: object) => void
}

export const registerTypeScript = async (): Promise<void> => {
  process.setSourceMapsEnabled(true)
  // Imported late, so that the bundler makes it a file of its own, which the hooks' thread can load.
  const hooks = await import('./typescript-hooks.js')
  if (registerHooks !== undefined) registerHooks(hooks)
  else register(hooks.url)
}
