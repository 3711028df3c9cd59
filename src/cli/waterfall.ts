/** A trace, drawn: a line for each span and each long stage, with a bar for when it ran. */
import type { TraceTree } from '../../telemetry/trace-tree.js'
import type { Style } from './style.js'
import { barCells, paintBar } from './trace-bar.js'
import { beforeName, beside, gap, indentOf, type Layout, layoutOf, margin } from './trace-layout.js'
import type { NameOf, Note } from './trace-notes.js'
import { nameOrNone, type RowText, rowText } from './trace-row.js'
import { cutToCells, durationText, padToCells, timeText } from './trace-text.js'

/** @returns lines of at most so many columns, unless these are fewer than fifty */
export const waterfall = (
  tree: TraceTree,
  nameOf: NameOf,
  style: Style,
  columns: number,
): string => {
  const rows = tree.rows.map((row) => rowText(row, nameOf))
  const layout = layoutOf(rows, columns)
  const paintOf = servicePaints(rows, style)
  const lines = rows.flatMap((row, index) => {
    const isNext = row.service !== rows[index - 1]?.service
    const service = isNext ? cutToCells(row.service, layout.service) : ''
    const paint = row.mark === '✗' ? style.red : paintOf(row.service)
    const cells = paintBar(barCells(row.bar, tree.durationMs, layout.bar), paint, style)
    return [
      [
        ' '.repeat(margin),
        layout.service === 0 ? '' : style.dim(padToCells(service, layout.service + gap)),
        labelText(row, layout.name, style),
        ` ${style.dim('▕')}${cells}${style.dim('▏')} `,
        row.duration.padStart(layout.duration),
        ...beside(row.notes, layout.note).map(
          (note) => ' '.repeat(gap) + painted(note, note.text, style),
        ),
      ].join(''),
      ...linesBelow(row, layout, style),
    ]
  })
  const more = tree.leftOut === 0 ? [] : [style.dim(`  … and ${tree.leftOut} more spans`)]
  return [titleText(tree, style, columns), ...lines, ...more].join('\n')
}

const leastTitle = 12

const titleText = (tree: TraceTree, style: Style, columns: number): string => {
  const { spans, errors, traceId, startNs, durationMs } = tree
  const took = `  ${durationText(durationMs)}  ${counted(spans.length, 'span')}`
  const failed = errors === 0 ? '' : `  ${counted(errors, 'error')}`
  const at = `  ${timeText(startNs).replace('T', ' ').replace('Z', '')}`
  const id = `  ${traceId.slice(0, 8)}…`
  const roomBeside = (which: string): number => columns - `${took}${failed}${which}`.length
  const which = [at + id, id].find((it) => roomBeside(it) >= leastTitle) ?? ''
  const room = Math.max(leastTitle, roomBeside(which))
  const name = style.bold(cutToCells(nameOrNone(tree.name), room))
  return `${name}${took}${style.red(failed)}${style.dim(which)}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** A colour for each service, in the order they come. */
const servicePaints = (rows: readonly RowText[], style: Style) => {
  const services = [...new Set(rows.map(({ service }) => service))]
  const paints = [style.cyan, style.green, style.yellow] as const
  return (service: string) => paints[services.indexOf(service) % paints.length] ?? style.cyan
}

const labelText = (row: RowText, cells: number, style: Style): string => {
  const { mark, kind, name } = row
  const indent = indentOf(row)
  const lead = `${' '.repeat(Math.max(0, indent - 2))}${mark || ' '} `
  const kindText = kind === '' ? '' : `${kind} `
  const shown = padToCells(cutToCells(`${kindText}${name}`, cells - indent), cells - indent)
  const isStage = row.bar.look === 'line'
  const rest = shown.slice(kindText.length)
  return `${mark === '✗' ? style.red(lead) : lead}${style.dim(shown.slice(0, kindText.length))}${isStage ? style.dim(rest) : rest}`
}

/** Notes that must be told and have no room beside the bar. */
const linesBelow = (row: RowText, layout: Layout, style: Style): readonly string[] => {
  const shown = beside(row.notes, layout.note)
  const indent = beforeName(layout.service) + indentOf(row)
  return row.notes
    .filter((note) => note.tone !== 'extra' && !shown.includes(note))
    .map((note) => {
      const text = cutToCells(`└ ${note.text}`, Math.max(leastTitle, layout.columns - indent))
      return ' '.repeat(indent) + painted(note, text, style)
    })
}

const painted = ({ tone }: Note, text: string, style: Style): string =>
  tone === 'error' ? style.red(text) : style.dim(text)
