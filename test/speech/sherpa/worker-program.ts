/** The worker as its own process, from source. */
import { serve } from '../../../src/cli/serve.js'
import worker from '../../../src/speech/sherpa/worker.js'

await serve(worker, { logLevel: 'debug' })
