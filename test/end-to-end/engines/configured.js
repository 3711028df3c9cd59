import { engine, method, secret, section, setting, t } from 'sidestream'

export default engine({
  name: 'configured',
  version: '1.0.0',
  config: t.strict({
    greeting: setting(t.string, { default: 'hello', reload: 'hot' }),
    model: setting(t.string, { default: 'base' }),
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
