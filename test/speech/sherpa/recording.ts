import { fileURLToPath } from 'node:url'

/** Five sentences: samples/audio/README.md. */
export const recording = fileURLToPath(
  new URL('../../../samples/audio/librivox.wav', import.meta.url),
)
