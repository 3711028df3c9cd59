/** The config of an engine that nobody has configured, until somebody does. */
import { isRight } from 'fp-ts/lib/Either.js'
import type { LiveConfig } from '../config/live-config.js'
import type { Engine } from '../engine/define.js'
import type { StderrLogger } from '../logging/stderr-logger.js'
import type { ConfigPort, ConfigUser, EngineSettings } from '../ports/config.js'
import { compileDecoder } from '../protocol/codec.js'
import { holds } from '../protocol/holds-secret.js'
import type { Given } from './config-sources.js'

/** The settings of an engine that is not configured; undefined when its own section needs some, or has secrets or paths, which take more than a codec. */
export const plainConfig = (
  engine: Engine,
  given: Given,
  log: StderrLogger,
): ConfigPort | undefined => {
  const { config } = engine
  if (config !== undefined && holds(config, isMore)) return undefined
  const own = config === undefined ? undefined : compileDecoder(config)({})
  if (own !== undefined && !isRight(own)) return undefined
  const settings = { own: own?.right, limits: {}, methods: {}, callShare: 0 }
  return new LazyConfig(settings, async () => {
    const { openConfig } = await import('./open-config.js')
    return openConfig(engine, given, undefined, log)
  })
}

const isMore = (part: object): boolean => 'secret' in part || 'isPath' in part

/** Becomes a config that is read when somebody asks for it. */
class LazyConfig implements ConfigPort {
  readonly settings: EngineSettings
  private readonly open: () => Promise<LiveConfig>
  private live: Promise<LiveConfig> | undefined
  private user: ConfigUser | undefined

  constructor(settings: EngineSettings, open: () => Promise<LiveConfig>) {
    this.settings = settings
    this.open = open
  }

  use(user: ConfigUser): void {
    this.user = user
  }

  async reload(cause: string) {
    return (await this.opened()).reload(cause)
  }

  async set(key: string, value: unknown) {
    return (await this.opened()).set(key, value)
  }

  async get(key: string | undefined) {
    return (await this.opened()).get(key)
  }

  async logLevelChanged(...changed: Parameters<ConfigPort['logLevelChanged']>) {
    ;(await this.opened()).logLevelChanged(...changed)
  }

  private opened(): Promise<LiveConfig> {
    this.live ??= this.open().then(
      (live) => {
        if (this.user !== undefined) live.use(this.user)
        return live
      },
      (error) => {
        this.live = undefined // what is wrong may be mended
        throw error
      },
    )
    return this.live
  }
}
