/** Whether something may ask for telemetry. To look closer takes loading what most processes do without. */

/** @param file - that traces are to be written to */
export const mayBeWatched = (file: string | undefined): boolean =>
  file !== undefined ||
  Object.keys(process.env).some((name) => name.startsWith('OTEL_')) ||
  isTelemetryLoaded()

/** By whichever part of the program. */
export const isTelemetryLoaded = (): boolean => Symbol.for('opentelemetry.js.api.1') in globalThis
