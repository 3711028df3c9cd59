/** What both floors answer: the methods of the bench, written as an able hand-writer would, and no more. */

const ok = (id, result) => JSON.stringify({ jsonrpc: '2.0', id, result })
const no = (id, code, message) => JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })

/** Answers one request: `send` gets the text of its reply, now or later, and is never called for a notification. */
const answerOne = ({ id, method, params }, send) => {
  switch (method) {
    case 'echo':
      if (id !== undefined) send(ok(id, params))
      return
    case 'add':
      if (typeof params?.a !== 'number' || typeof params.b !== 'number') {
        if (id !== undefined) send(no(id, -32602, 'a and b must be numbers'))
      } else if (id !== undefined) send(ok(id, params.a + params.b))
      return
    case 'sleep':
      setTimeout(() => {
        if (id !== undefined) send(ok(id, params.ms))
      }, params.ms)
      return
    default:
      if (id !== undefined) send(no(id, -32601, 'no such method'))
  }
}

const answerBatch = (batch, send) => {
  const replies = []
  let open = 0
  for (const request of batch) if (request.id !== undefined) open += 1
  for (const request of batch) {
    answerOne(request, (text) => {
      replies.push(text)
      open -= 1
      if (open === 0) send(`[${replies.join(',')}]`)
    })
  }
}

/** Answers one JSON text. */
export const answer = (text, send) => {
  let message
  try {
    message = JSON.parse(text)
  } catch {
    send(no(null, -32700, 'not JSON'))
    return
  }
  if (Array.isArray(message)) answerBatch(message, send)
  else answerOne(message, send)
}
