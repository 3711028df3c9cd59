import { engine, method, t } from 'sidestream'
export default engine({ name: 'demo', version: '1.0.0', methods: { add: method({ params: t.strict({ a: t.number, b: t.number }), result: t.number, handler: async ({ a, b }) => { await new Promise(r => setTimeout(r, 30)); return a + b } }) } })
