/** The peer MCP SDK: its low-level Server with methods of our own. It answers them without `initialize`. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

const call = (name, params) => z.object({ method: z.literal(name), params })

const server = new Server({ name: 'bench', version: '1.0.0' }, { capabilities: {} })
server.setRequestHandler(call('echo', z.looseObject({})), ({ params }) => params)
server.setRequestHandler(
  call('add', z.object({ a: z.number(), b: z.number() })),
  ({ params: { a, b } }) => a + b,
)
server.setRequestHandler(
  call('sleep', z.object({ ms: z.number() })),
  ({ params: { ms } }) => new Promise((resolve) => setTimeout(resolve, ms, ms)),
)
server.setNotificationHandler(call('note', z.looseObject({})), () => {})
await server.connect(new StdioServerTransport())
