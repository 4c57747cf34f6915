import type { TextStream } from './streams.js'
import { formatDuration } from './units.js'

/** Work shorter than this shows no elapsed time, so that a quick build does not flicker. */
const QUIET_MS = 200
const FRAME_MS = 100
const RETURN_AND_CLEAR = '\r\u001b[2K'

/** One line at the bottom of a terminal that counts the seconds until the work it names is over. */
export class LiveLine {
  readonly #stream: TextStream
  #text = ''
  #after: 'keep' | 'erase' = 'keep'
  #started = 0
  #timer: NodeJS.Timeout | undefined
  #moving = false

  constructor(stream: TextStream) {
    this.#stream = stream
  }

  /** Settles the line before and starts this one; `after` says what stays on the screen at its end. */
  start(text: string, after: 'keep' | 'erase'): void {
    this.settle()
    this.#text = text
    this.#after = after
    this.#started = performance.now()
    if (after === 'keep') this.#draw('')
    this.#timer = setInterval(() => this.#tick(), FRAME_MS)
    // The line must not be what keeps the process alive.
    this.#timer.unref()
  }

  /** Shows how far the work is; the line that was there says it anew, and nothing counts the seconds beside it. */
  move(text: string): void {
    if (this.#moving) this.#text = text
    else this.start(text, 'erase')
    this.#moving = true
    this.#draw('')
  }

  settle(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#moving = false
    if (this.#after === 'erase') this.#stream.write(RETURN_AND_CLEAR)
    else this.#stream.write(`${RETURN_AND_CLEAR}${this.#text}\n`)
  }

  #tick(): void {
    if (this.#moving) return
    const elapsed = performance.now() - this.#started
    if (elapsed > QUIET_MS) this.#draw(`  ${formatDuration(Math.floor(elapsed / FRAME_MS) * FRAME_MS)}`)
  }

  /** A line wider than the terminal would wrap, and a wrapped line cannot be redrawn in place. */
  #draw(suffix: string): void {
    const width = (this.#stream.columns ?? 80) - suffix.length - 1
    const fits = visibleLength(this.#text) <= width
    this.#stream.write(
      `${RETURN_AND_CLEAR}${fits ? this.#text + suffix : stripStyle(this.#text).slice(0, width)}`,
    )
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the escape sequence that colours begin with.
const SGR = /\u001b\[[0-9;]*m/g
const stripStyle = (text: string) => text.replace(SGR, '')
const visibleLength = (text: string) => stripStyle(text).length
