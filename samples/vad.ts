/**
 * Finds speech in wave files with Silero VAD.
 *
 *     sidestream call samples/vad.ts vad.detect @samples/audio/demo.json
 */
import { catchError, throwError } from 'rxjs'
import { engine, method, rpcError, t } from 'sidestream'
import { Detector } from './vad/detector.js'
import { isFailure } from './vad/failure.js'

/** Beyond these bounds the native detector does not fail: it finds no speech, or takes 0 for its default. */
const between = (low: number, high: number) =>
  t.refinement(t.number, (n) => n >= low && n <= high, `number from ${low} to ${high}`)

const detector = new Detector()

export default engine({
  name: 'vad',
  version: '1.0.0',
  methods: {
    'vad.detect': method({
      description:
        'Finds speech in a wave file: 16-bit PCM, 8 to 48 kHz, mono or stereo. In seconds.',
      params: t.intersection([
        t.type({ audio: t.type({ path: t.string }) }),
        t.partial({
          threshold: between(0.02, 0.99),
          minSpeechMs: between(1, 10_000),
          minSilenceMs: between(1, 10_000),
          maxSpeechSec: between(1, 60),
        }),
      ]),
      progress: t.type({ processed: t.number, duration: t.number, ratio: t.number }),
      result: t.type({
        segments: t.array(t.type({ start: t.number, end: t.number })),
        duration: t.number,
      }),
      // Each value is progress, the last one the result. A cancelled call is unsubscribed, which stops the thread.
      handler: ({ audio, ...settings }) =>
        detector
          .detect(audio.path, settings)
          .pipe(
            catchError((error) =>
              throwError(() =>
                isFailure(error) ? rpcError(error.kind, error.message, error.facts) : error,
              ),
            ),
          ),
    }),
  },
  onStop: () => detector.close(),
})
