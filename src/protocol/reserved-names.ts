/** Names of methods that are the runtime's own. */

const prefixes = ['rpc.', 'engine.', 'health.', 'log.', 'config.', 'telemetry.', '$/']

/** By which a name is reserved; undefined for one that an engine may have. */
export const reservedPrefixOf = (name: string): string | undefined =>
  prefixes.find((reserved) => name.startsWith(reserved))
