/**
 * The main process's part of an Electron app: engines that are kept running, and calls to them from windows.
 *
 * In the main process: `serveEngines({ engines: supervise({ … }), methods: ['transcribe'], ipcMain, app })`. In a
 * preload script:
 *
 *     contextBridge.exposeInMainWorld('engines', {
 *       request: (call) => ipcRenderer.invoke('engines:request', call),
 *       cancel: (id) => ipcRenderer.send('engines:cancel', id),
 *       onProgress: (listener) => ipcRenderer.on('engines:progress', (_, it) => listener(it)),
 *     })
 */
import { isRpcError } from 'sidestream/host'

/**
 * A call as a window sends it. The window chooses the id, for progress and cancel.
 *
 * @typedef {{ id: string, engine: string, method: string, params?: unknown, deadlineMs?: number }} WindowCall
 */

/**
 * @param {object} parts
 * @param {import('sidestream/host').Supervisor} parts.engines
 * @param {readonly string[]} parts.methods - what windows may call: a page is not trusted with more
 * @param {Pick<import('node:events').EventEmitter, 'on'> & { handle(channel: string, listener: Function): void }} parts.ipcMain
 * @param {Pick<import('node:events').EventEmitter, 'on'> & { quit(): void }} parts.app
 */
export const serveEngines = ({ engines, methods, ipcMain, app }) => {
  if (!Array.isArray(methods))
    throw new TypeError("serveEngines wants methods: what windows may call, as in ['transcribe']")
  /** @type {Map<string, AbortController>} */
  const open = new Map()

  ipcMain.handle(
    'engines:request',
    /** @param {any} event @param {WindowCall} call */
    async ({ sender }, { id, engine, method, params, deadlineMs }) => {
      if (!methods.includes(method))
        return { error: { kind: 'MethodNotFound', message: `${method} is not for windows` } }
      const controller = new AbortController()
      const key = `${sender.id} ${id}`
      open.set(key, controller)
      // A window that closes wants no answers any more.
      const closed = () => controller.abort()
      sender.once('destroyed', closed)
      try {
        const result = await engines.engine(engine).request(method, params, {
          signal: controller.signal,
          ...(deadlineMs !== undefined && { deadlineMs }),
          /** @param {unknown} value */
          onProgress: (value) => {
            if (!sender.isDestroyed()) sender.send('engines:progress', { id, value })
          },
        })
        return { result }
      } catch (error) {
        // Electron passes on only the message of what is thrown, so an error is a value, too.
        if (!isRpcError(error)) throw error
        const { kind, code, message, retryable, facts } = error
        return { error: { kind, code, message, retryable, facts } }
      } finally {
        open.delete(key)
        sender.off('destroyed', closed)
      }
    },
  )
  ipcMain.on('engines:cancel', ({ sender }, id) => open.get(`${sender.id} ${id}`)?.abort())

  let hasStopped = false
  app.on('before-quit', (event) => {
    if (hasStopped) return
    event.preventDefault() // Electron does not wait for promises
    void engines.stop().then(() => {
      hasStopped = true
      app.quit()
    })
  })
}
