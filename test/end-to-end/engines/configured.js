import { engine, method, secret, section, setting, t } from 'sidestream'

export default engine({
  name: 'configured',
  version: '1.0.0',
  config: t.strict({
    greeting: setting(t.string, { default: 'hello', reload: 'hot' }),
    model: setting(t.string, { default: 'base' }),
    spare: setting(secret(t.string), { default: 'spare-s3cret-in-code' }),
    login: section({ token: setting(t.union([secret(t.string), t.undefined]), { reload: 'hot' }) }),
  }),
  methods: {
    greet: method({ handler: (_, { config }) => config.greeting }),
    wait: method({
      handler: ({ ms }, { config }) =>
        new Promise((resolve) => {
          setTimeout(() => resolve(config.greeting), ms)
        }),
    }),
    /** A defect that tells a secret, at once or after some time, and in the log before. */
    break: method({
      handler: async ({ ms = 0 }, { config, log }) => {
        const token = config.login.token?.reveal() ?? config.spare.reveal()
        await new Promise((resolve) => {
          setTimeout(resolve, ms)
        })
        log.info({ token: [token] }, `about to use ${token}`)
        throw new Error(`401 for ${token}`)
      },
    }),
    move: method({ handler: () => process.chdir('/') }),
    /** Does all that a careless engine does with a secret, but answers with it. */
    leak: method({
      handler: (_, { config, log }) => {
        const token = config.login.token.reveal()
        log.info({ config, token: 'x', nested: { list: [token] } }, `the token is ${token}`)
        console.log('printed', config, token)
        return `${config.login.token}`
      },
    }),
  },
})
