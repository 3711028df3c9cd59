/** What an engine tells of its methods, also where it knows no OpenRPC, as those in Python do not. */
import { type OpenRpcDocument, openRpc } from '../engine/open-rpc.js'
import type { Client } from '../host/client.js'
import { EngineInfo } from '../models/engine-info.js'
import { isRpcError } from '../protocol/rpc-error.js'

type Options = Parameters<Client['request']>[2]

export const discovered = async (engine: Client, options: Options): Promise<unknown> => {
  try {
    return await engine.request('rpc.discover', {}, options)
  } catch (error) {
    if (!isRpcError(error) || error.kind !== 'MethodNotFound') throw error
    const info = await engine.request('engine.describe', {}, options)
    if (!EngineInfo.is(info)) throw error
    return documentOf(info)
  }
}

/** Of what methods take and give, it says nothing. */
const documentOf = ({ engine, methods, builtins = [] }: EngineInfo): OpenRpcDocument =>
  openRpc({ ...engine, methods: [...methods, ...builtins.map((name) => ({ name }))] })
