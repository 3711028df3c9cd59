/**
 * The heart of a subtitle app: a pool of speech engines that is kept running, two files at once, cues as they are heard,
 * one of the files cancelled, the subtitles of the other saved.
 *
 *     node --conditions=sidestream-source --import tsx samples/subtitle-app.ts [ENGINE] [FILE] [FOLDER]
 *
 * ENGINE is `fake`, which makes up what is said, `faster-whisper`, or another that transcribes.
 */
import { writeFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { filter, firstValueFrom, lastValueFrom, map, type Observable, share } from 'rxjs'
import { isRpcError, moduleCommand, supervise } from 'sidestream/host'
import type {
  ModelListResult,
  Segment,
  TranscribeProgress,
  TranscribeResult,
} from 'sidestream/models'

const [engine = 'fake', file = 'samples/audio/librivox.wav', folder = '.'] = process.argv.slice(2)

const engines = supervise({
  engines: { speech: { ...moduleCommand(engine, ['--log-level=warn']), pool: 2 } },
})
await engines.ready()
const speech = engines.engine('speech')
const { models } = (await speech.request('models.list')) as ModelListResult
const model = models[0]?.model
console.log(`${engine} runs twice, with its model ${model}`)

type Told = TranscribeProgress | TranscribeResult

/** Subscribing begins it, unsubscribing cancels it. The last value is the result. */
const transcription = (path: string): Observable<Told> =>
  speech
    .updates('transcription.transcribe', {
      audio: { path: resolve(path) },
      model,
      task: 'transcribe',
      outputs: ['srt'],
    })
    .pipe(map(({ value }) => value as Told))

const cues = (told$: Observable<Told>): Observable<Segment> =>
  told$.pipe(
    filter((told) => 'kind' in told && told.kind === 'segment'),
    map(({ segment }) => segment),
  )

const saved = async (path: string): Promise<string> => {
  const told$ = transcription(path).pipe(share()) // one call, for those who show it and those who keep it
  cues(told$).subscribe(({ start, end, text }) => console.log(`${start} to ${end} s: ${text}`))
  const { outputs } = (await lastValueFrom(told$)) as TranscribeResult
  const subtitles = join(folder, `${basename(path, extname(path))}.srt`)
  await writeFile(subtitles, outputs?.srt ?? '')
  return subtitles
}

/** `firstValueFrom` unsubscribes when it has what it wants: the engine stops working on the rest. */
const glimpse = async (path: string): Promise<string> =>
  (await firstValueFrom(cues(transcription(path)))).text

try {
  const [subtitles, beginning] = await Promise.all([saved(file), glimpse(file)])
  console.log(`Of the other file, cancelled after its first cue: ${beginning}`)
  console.log(`Saved ${subtitles}`)
} catch (error) {
  if (!isRpcError(error)) throw error
  console.error(`${error.kind}: ${error.message}`)
  process.exitCode = 1
} finally {
  await engines.stop()
}
