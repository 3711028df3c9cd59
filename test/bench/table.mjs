/** The figures as Markdown. */

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const row = (cells) => `| ${cells.join(' | ')} |`
const table = (head, rows) =>
  [row(head), row(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n')

/** A server's cost as a multiple of the floor's: the median over pairs of figures that were taken together. */
const ratio = ({ figures }, name) => {
  const [own, floor] = [figures.get(name), figures.get('floor')]
  return own && floor && median(own.map((figure, i) => figure / floor[i]))
}

const duration = (us) =>
  us < 1_000 ? `${us.toPrecision(3)} µs` : `${(us / 1_000).toPrecision(3)} ms`

/** A server's cell in a column: `✗` failed, `–` took no part. */
const cell = (column, name) => {
  if (column.failed.has(name)) return '✗'
  const own = column.figures.get(name)
  if (own === undefined) return '–'
  if (name === 'floor') return duration(median(own))
  return ratio(column, name)?.toFixed(2) ?? '?'
}

/**
 * Ratios to the floor.
 *
 * @param columns - `{ title, must, aim, figures, failed }`, figures in µs by server
 */
export const ratioTable = (columns, names) =>
  table(
    ['× floor', ...columns.map(({ title }) => title)],
    [
      ['*must*, at most', ...columns.map(({ must }) => must?.toFixed(2) ?? '')],
      ['*aim*', ...columns.map(({ aim }) => aim?.toFixed(2) ?? '')],
      ...names.map((name) => [name, ...columns.map((column) => cell(column, name))]),
    ],
  )

/** The columns in which a server is above what it must keep. */
export const missed = (columns, name) =>
  columns.filter((column) => ratio(column, name) > column.must) // false without a figure or a must

/** How far the floor's twin is from it, in the worst column: what this run cannot tell apart. */
export const errorBar = (columns) => {
  const apart = columns.map((column) => Math.abs(ratio(column, 'floor-again') - 1))
  const known = apart.filter((distance) => !Number.isNaN(distance))
  return known.length === 0 ? undefined : Math.max(...known)
}

/** `slowReader` in MB and `endOfInput` as missing answers, by server. */
export const pressureTable = (slowReader, endOfInput, names) =>
  table(
    ['', 'slow reader: RSS, MB', '… all answered', '4,000 answers at end of input', '… exit'],
    names.map((name) => {
      const end = endOfInput.get(name)
      const mb = slowReader.get(name)
      return [
        name,
        mb === undefined ? '–' : `+${mb.toFixed(1)}`,
        mb === undefined ? 'no' : 'yes',
        end === undefined ? '–' : end.missing === 0 ? 'yes' : `no, ${end.missing} missing`,
        end === undefined ? '–' : end.exit,
      ]
    }),
  )

const speechTitles = { wall: 'wall', cpu: 'CPU', first: 'to the first segment' }

/** What a transcription takes through Sidestream and by faster-whisper alone, as texts. */
export const speechReport = ({ seconds, clip, longSeconds, long }) => {
  const pair = ({ median: middle, least }) => `${middle.toFixed(3)}, ${least.toFixed(3)}`
  const rows = [
    [seconds, clip],
    [longSeconds, long],
  ]
    .filter(([, figures]) => figures !== undefined)
    .flatMap(([length, figures]) =>
      Object.entries(speechTitles).map(([name, title]) => {
        const { direct, sidestream, ratio, again } = figures[name]
        return [`${length.toFixed(0)} s: ${title}`, ...[direct, sidestream, ratio, again].map(pair)]
      }),
    )
  return [
    'Speech, faster-whisper with tiny.en, beam 1; medians and minima, in seconds (must: 1.03 of the wall time).',
    table(['', 'alone', 'through sidestream', '× alone', 'alone again'], rows),
    `Of the CPU, host and engine take ${clip.ownMs.toFixed(0)} ms for the ${seconds.toFixed(0)} s.`,
  ]
}
