/** A child process that does what a test says, in virtual time. */
import { Subject } from 'rxjs'
import { Client, type ClientOptions } from '../../src/host/client.js'
import type { Child, ChildEnd, KillSignal } from '../../src/ports/child.js'
import { memoryTransport } from '../../src/testing/memory-transport.js'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.js'

/** A child, and what is behind it. */
export const childOf = (onKill: (signal: KillSignal) => void, pid = 1) => {
  const { transport, peer } = memoryTransport()
  const stderr$ = new Subject<Uint8Array>()
  const channel$ = new Subject<Uint8Array>()
  const beats$ = new Subject<Uint8Array>()
  const asked: string[] = []
  let end: (how: ChildEnd) => void = () => {}
  const ended = new Promise<ChildEnd>((resolve) => {
    end = resolve
  })
  const watchLine = { input$: beats$, write: (text: string) => void asked.push(text) }
  const child: Child = { pid, transport, channel$, watchLine, stderr$, ended, kill: onKill }
  return {
    child,
    peer,
    end,
    asked,
    print: (text: string): void => stderr$.next(Buffer.from(text)),
    sendOnChannel: (text: string): void => channel$.next(Buffer.from(text)),
    beat: (value: object): void => beats$.next(Buffer.from(`${JSON.stringify(value)}\n`)),
  }
}

export const fakeChild = (
  onKill: (signal: string) => void = () => {},
  options: ClientOptions = {},
  clock: VirtualClock = virtualClock(),
) => {
  const fake = childOf(onKill)
  return { ...fake, client: new Client(fake.child, clock, options), clock }
}

/** What the client wrote. */
export const messages = (written: readonly string[]) =>
  written.map((text) => JSON.parse(text) as { id?: number; method?: string; params?: unknown })
