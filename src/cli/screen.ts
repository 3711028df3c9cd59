/** A block of lines that stays at the bottom of a terminal, while others are printed above it. */
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'

/** It is drawn this often at most, in milliseconds, */
const frameMs = 250
/** and at least so often, as it tells of times. */
const tickMs = 1000

/** A block without wrapping: a line that is too long would take two, and could not be drawn over. */
const noWrap = '\x1b[?7l'
const wrap = '\x1b[?7h'

export class Screen {
  private readonly stream: WriteStream
  private readonly block: () => readonly string[]
  private readonly ticker: NodeJS.Timeout
  private waiting: string[] = []
  private drawn: readonly string[] = []
  private drawnAt = Number.NEGATIVE_INFINITY
  private timer: NodeJS.Timeout | undefined

  /** @param block - what it should show now */
  constructor(stream: WriteStream, block: () => readonly string[]) {
    this.stream = stream
    this.block = block
    this.ticker = setInterval(() => this.refresh(), tickMs)
    stream.on('resize', this.redraw)
    // The shell has written where the block was.
    process.on('SIGCONT', this.forget)
  }

  /** Above the block; it may have several lines. */
  print(text: string): void {
    this.waiting.push(text)
    this.refresh()
  }

  /** Something has changed. */
  refresh(): void {
    this.timer ??= setTimeout(() => this.draw(), this.drawnAt + frameMs - performance.now())
  }

  /** What waits is printed, and the block goes. */
  end(): void {
    this.draw([])
    clearInterval(this.ticker)
    clearTimeout(this.timer)
    this.stream.off('resize', this.redraw)
    process.off('SIGCONT', this.forget)
  }

  private readonly redraw = (): void => this.draw()

  private readonly forget = (): void => {
    this.drawn = []
    this.draw()
  }

  private draw(next = this.block()): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.drawnAt = performance.now()
    const above = this.waiting.map((text) => `${text}\n`).join('')
    const below = next.map((line) => `${line}\n`).join('')
    const before = this.erased()
    this.waiting = []
    this.drawn = next
    this.stream.write(`${before}${above}${noWrap}${below}${wrap}`)
  }

  /** In a terminal that has become narrower, a line may have become two. */
  private erased(): string {
    const { columns } = this.stream
    const rows = this.drawn
      .map((line) => Math.ceil(stripVTControlCharacters(line).length / columns) || 1)
      .reduce((sum, it) => sum + it, 0)
    return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`
  }
}
