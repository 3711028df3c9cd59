/** Settings from outside, put to work in an engine, and what is told of it. */
import type { ConfigChange, ConfigUser, EngineSettings } from '../ports/config.js'
import type { Parts } from './parts.js'

/** How often the settings were looked at again, and with what result. */
export interface ConfigCounts {
  applied: number
  unchanged: number
  rejected: number
}

/** @param rebuild - the pipelines; false when they cannot be built */
export const configUser = (
  { runtime, introspection, configChanges$ }: Parts,
  rebuild: (settings: EngineSettings) => boolean,
): ConfigUser => ({
  apply: (settings) => {
    const isSame = ofPipelines(settings) === ofPipelines(runtime.settings)
    if (!(isSame && settings.own === runtime.config) && !rebuild(settings)) {
      return 'the pipelines of calls cannot be built with these settings'
    }
    runtime.use(settings)
    return undefined
  },
  looked: (change) => {
    introspection.configCounts[change.result] += 1
    introspection.pending = change.result === 'rejected' ? introspection.pending : change.pending
    const { result, cause, changed, pending, problems } = change
    if (result === 'rejected') {
      runtime.log.error({ cause, problems }, `The config is not taken: ${reasons(change)}`)
    } else if (changed.length + pending.length > 0) {
      runtime.log.info({ cause, changed, pending }, told(change))
    }
    configChanges$.next(change)
  },
})

const ofPipelines = ({ deadline, limit, expose, methods }: EngineSettings): string =>
  JSON.stringify([deadline, limit, expose, methods])

const reasons = ({ problems }: ConfigChange): string =>
  problems
    .map(({ source, key, message }) => [source, key, message].filter(Boolean).join(': '))
    .join('; ')

const told = ({ changed, pending }: ConfigChange): string =>
  [
    ...(changed.length > 0 ? [`The config has changed: ${changed.join(', ')}`] : []),
    ...(pending.length > 0 ? [`To be in force at the next start: ${pending.join(', ')}`] : []),
  ].join('. ')
