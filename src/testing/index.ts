/** For tests of engines and pipelines: virtual time and marble diagrams. */

export type { SubscriptionLog } from './marble-syntax.js'
export type { MarbleHelpers, MarbleOptions, MarbleTest } from './marbles.js'
export { marbles } from './marbles.js'
export type { TestObservable } from './test-observables.js'
export type { VirtualClock } from './virtual-clock.js'
export { virtualClock } from './virtual-clock.js'
