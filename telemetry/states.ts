/** States that are told as metrics, one series for each. A test compares these lists with those of the engine and the host. */

export const engineStates = ['starting', 'ready', 'degraded', 'draining', 'stopped', 'failed']

export const healthStatuses = ['ok', 'degraded', 'failing']

/** Of one process that a host keeps running. */
export const memberStates = [
  'starting',
  'ready',
  'degraded',
  'busy',
  'stopping',
  'backoff',
  'waiting',
  'quarantined',
  'stopped',
]
