import { engine, method } from 'sidestream'

const frozen = () => Object.freeze(new Error('a frozen error'))
const fail = () => {
  throw frozen()
}

export default engine({
  name: 'hostile',
  version: '1.0.0',
  methods: {
    timer: method({
      handler: () => {
        setTimeout(fail)
        return null
      },
    }),
    reject: method({
      handler: () => {
        void Promise.reject(frozen())
        return null
      },
    }),
    fail: method({ handler: fail }),
    facts: method({
      handler: (_, { log }) => {
        /** @type {Record<string, unknown>} */
        const circle = { big: 1n }
        circle.self = circle
        const getter = Object.defineProperty({}, 'x', { enumerable: true, get: fail })
        log.warn({ circle, nested: getter, big: 2n }, 'odd facts')
        log.warn(getter, 'facts with a getter')
        return null
      },
    }),
  },
  onStop: fail,
})
