/** A child process that does what a test says, in virtual time. */
import { Subject } from 'rxjs'
import { Client } from '../../src/host/client.js'
import type { Child, ChildEnd } from '../../src/ports/child.js'
import { memoryTransport } from '../../src/testing/memory-transport.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'

export const fakeChild = (onKill: (signal: string) => void = () => {}) => {
  const clock = virtualClock()
  const { transport, peer } = memoryTransport()
  const stderr$ = new Subject<Uint8Array>()
  let end: (how: ChildEnd) => void = () => {}
  const ended = new Promise<ChildEnd>((resolve) => {
    end = resolve
  })
  const child: Child = { pid: 1, transport, stderr$, ended, kill: onKill }
  const client = new Client(child, clock, {})
  const print = (text: string): void => stderr$.next(Buffer.from(text))
  return { client, clock, peer, print, end }
}

/** What the client wrote. */
export const messages = (written: readonly string[]) =>
  written.map((text) => JSON.parse(text) as { id?: number; method?: string; params?: unknown })
