/** What pipelines tell of calls, and the implementation that listens to none of it. */
export {
  type CallTrace,
  noTelemetry,
  type Telemetry,
  type TracedCall,
} from '../src/ports/telemetry.js'
