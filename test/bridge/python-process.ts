/** A Python engine as any program may run it: lines in, lines out. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pythonCommand } from '../../src/bridge/python.js'
import { engineFile } from './python-suite.js'

export interface Reply {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly data: Readonly<Record<string, unknown>> }
  readonly method?: string
  readonly params?: { readonly token: unknown; readonly value: unknown }
}

export class PythonProcess {
  /** What came on stdout, as it was. */
  readonly texts: string[] = []
  readonly child: ChildProcess
  private readonly closed: Promise<unknown[]>
  private readonly lines: AsyncIterator<string>

  constructor(args: readonly string[] = []) {
    const { command, args: own = [], env } = pythonCommand({ file: engineFile('worker.py'), args })
    this.child = spawn(command, own, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.child.stdin?.on('error', () => {}) // one that has ended reads no more
    this.closed = once(this.child, 'close')
    this.lines = createInterface({ input: this.child.stdout as never })[Symbol.asyncIterator]()
  }

  send(text: string | Buffer): this {
    this.child.stdin?.write(text)
    return this
  }

  say(...messages: readonly object[]): this {
    for (const message of messages) this.send(`${JSON.stringify(message)}\n`)
    return this
  }

  call(id: unknown, method: string, params: object = {}): this {
    return this.say({ jsonrpc: '2.0', id, method, params })
  }

  /** The next line. */
  async next(): Promise<Reply> {
    const { value, done } = await this.lines.next()
    if (done) throw new Error('The engine told nothing more')
    this.texts.push(value)
    return JSON.parse(value)
  }

  async some(count: number): Promise<Reply[]> {
    const all: Reply[] = []
    while (all.length < count) all.push(await this.next())
    return all
  }

  /** All lines from here on, once its input has ended. */
  async rest(): Promise<Reply[]> {
    this.child.stdin?.end()
    const all: Reply[] = []
    for (;;) {
      const { value, done } = await this.lines.next()
      if (done) return all
      this.texts.push(value)
      all.push(JSON.parse(value))
    }
  }

  /** @returns the exit code, or the signal */
  async end(): Promise<unknown> {
    this.child.stdin?.end()
    const [code, signal] = await this.closed
    return code ?? signal
  }
}

export const gist = ({ id, result, error }: Reply): readonly unknown[] =>
  error === undefined ? [id, result] : [id, error.code, error.data['kind']]
