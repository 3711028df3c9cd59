/** The beginning of a client. */
import type { Child } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'
import { Client, type ClientOptions } from './client.js'

const defaultStartupMs = 30_000

/**
 * A client for a child that has been started, once it answers.
 *
 * @throws RpcError that says why it does not; the child has been ended then
 */
export const welcome = async (
  child: Child,
  clock: Clock,
  options: ClientOptions,
): Promise<Client> => {
  let client: Client | undefined
  try {
    client = new Client(child, clock, options)
    if (options.handshake !== false) await client.handshake(options.startupMs ?? defaultStartupMs)
    else if (child.pid === undefined) await client.request('engine.describe') // which tells why
    return client
  } catch (error) {
    child.kill('SIGKILL')
    await client?.ended
    throw error
  }
}
