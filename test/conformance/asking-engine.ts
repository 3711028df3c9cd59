/** An engine whose methods ask its host. */
import * as t from 'io-ts'
import { method } from '../../src/engine/define.js'
import type { PeerMessage, ScriptedPeer } from '../../src/testing/scripted-peer.js'
import { engineOf } from './wire.js'

/** What the method `listen` was told as progress. */
export const heard: unknown[] = []
export const asking = engineOf(
  {
    ask: method({ handler: (params, { request }) => request('host.answer', params) }),
    askTwice: method({
      handler: async (_, { request }) => [
        await request('host.answer', { n: 1 }),
        await request('host.answer', { n: 2 }),
      ],
    }),
    bounded: method({
      handler: (_, { request }) => request('host.answer', { x: 1 }, { deadlineMs: 500 }),
    }),
    listen: method({
      handler: (_, { request }) =>
        request('host.answer', {}, { onProgress: (value) => heard.push(value) }),
    }),
    hurt: method({
      handler: (_, { request }) =>
        request(
          'host.answer',
          {},
          {
            onProgress: () => {
              throw new Error('onProgress broke')
            },
          },
        ),
    }),
    abort: method({
      handler: async (_, { request }) => {
        const stop = new AbortController()
        const asked = request('host.answer', {}, { signal: stop.signal })
        stop.abort()
        return asked.catch(({ code }: { code: number }) => code)
      },
    }),
    aborted: method({
      handler: (_, { request }) =>
        request('host.answer', {}, { signal: AbortSignal.abort() }).catch(
          (error: { code: number }) => error.code,
        ),
    }),
    bigint: method({ handler: (_, { request }) => request('host.answer', { n: 1n }) }),
    serial: method({
      limit: { concurrency: 1 },
      params: t.unknown,
      handler: (_, { request }) => request('host.answer'),
    }),
    quick: method({ handler: () => 'quick' }),
  },
  { drain: 100 },
)

/** What the engine has asked so far. */
export const requests = (peer: ScriptedPeer): readonly PeerMessage[] =>
  peer.messages.filter(({ method: name, id }) => name === 'host.answer' && id !== undefined)
