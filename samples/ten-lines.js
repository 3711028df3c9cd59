import { engine, method, t } from 'sidestream'

const add = method({
  params: t.strict({ a: t.number, b: t.number }),
  result: t.number,
  handler: ({ a, b }) => a + b,
})

export default engine({ name: 'ten-lines', version: '1.0.0', methods: { add } })
