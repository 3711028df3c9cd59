/** Who telemetry is from. OpenTelemetry would tell the command line too, and the user and the host it runs on. */
import { randomUUID } from 'node:crypto'
import { resources } from '@opentelemetry/sdk-node'
import { type Environment, listOf, variable } from './asked.js'
import { attribute } from './names.js'

export type Resource = ReturnType<typeof resources.resourceFromAttributes>

const detectors: Readonly<Record<string, resources.ResourceDetector>> = {
  env: resources.envDetector,
  host: resources.hostDetector,
  os: resources.osDetector,
  process: resources.processDetector,
  serviceinstance: resources.serviceInstanceIdDetector,
}

/**
 * `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` come before what is given; only `OTEL_NODE_RESOURCE_DETECTORS`
 * brings in more.
 */
export const resourceOf = (
  service: { readonly name: string; readonly version: string },
  env: Environment,
  warn: (problem: string) => void,
): Resource =>
  resources
    .defaultResource()
    .merge(
      resources.resourceFromAttributes({
        [attribute.serviceName]: variable(env, 'OTEL_SERVICE_NAME') ?? service.name,
        [attribute.serviceVersion]: service.version,
        [attribute.serviceInstanceId]: randomUUID(),
      }),
    )
    .merge(resources.detectResources({ detectors: detectorsOf(env, warn) }))

const detectorsOf = (env: Environment, warn: (problem: string) => void) => {
  const asked = listOf(env, 'OTEL_NODE_RESOURCE_DETECTORS')
  if (asked.length === 0) return [resources.envDetector]
  if (asked.includes('all')) return Object.values(detectors)
  const known = asked.filter((name) => Object.hasOwn(detectors, name))
  for (const name of asked) {
    if (name === 'none' || known.includes(name)) continue
    const fitting = [...Object.keys(detectors), 'all', 'none'].join(', ')
    warn(`OTEL_NODE_RESOURCE_DETECTORS has ${name}, which is none of ${fitting}`)
  }
  return asked.includes('none') ? [] : known.map((name) => detectors[name]!)
}
