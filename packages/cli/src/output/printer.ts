import { guarded, guardedForeign } from './guard.js'
import { LiveLine } from './live-line.js'
import type { Io } from './streams.js'
import { createStyle, type Style, wantsColor } from './style.js'
import type { GlobalOptions } from './verbosity.js'

/** The only door to stdout and stderr. One per run of the command. */
export interface Printer {
  readonly quiet: boolean
  readonly verbose: boolean
  /** Style for text that goes to stdout. */
  readonly outStyle: Style
  /** Style for text that goes to stderr. */
  readonly errStyle: Style
  /** Writes data. */
  data(text: string): void
  /** Writes talk that --quiet silences. */
  talk(text: string): void
  /** Writes talk that is never silenced: errors. */
  complain(text: string): void
  /** A status line in cargo's rhythm: `   Compiling hello`. It is live on a terminal until the next write. */
  status(verb: string, object: string): void
  /** A status line that is shown on a terminal only, and only while it lasts. */
  busy(verb: string, object: string): void
  /** The same for work that says how far it is: each call takes the place of the one before. */
  moved(verb: string, object: string): void
  /** Writes text of another program to stdout, or to stderr when stdout is for a document. */
  pass(text: string): void
  /** Ends the live line, if there is one. */
  settle(): void
}

export function createPrinter(io: Io, options: GlobalOptions): Printer {
  const style = (stream: { readonly isTTY?: boolean }) =>
    createStyle(wantsColor(options.color, io.env, stream.isTTY === true))
  const errStyle = style(io.stderr)
  // A spinner between verbose log lines would only tear them apart.
  const live = io.stderr.isTTY === true && !options.verbose ? new LiveLine(io.stderr) : undefined
  const write = (text: string) => {
    live?.settle()
    io.stderr.write(guarded(endLine(text)))
  }
  const line = (verb: string, object: string) => guarded(statusLine(errStyle, verb, object))
  return {
    quiet: options.quiet,
    verbose: options.verbose,
    outStyle: style(io.stdout),
    errStyle,
    data(text) {
      live?.settle()
      io.stdout.write(guarded(endLine(text)))
    },
    talk(text) {
      if (!options.quiet) write(text)
    },
    complain: write,
    status(verb, object) {
      if (options.quiet) return
      if (live) live.start(line(verb, object), 'keep')
      else write(line(verb, object))
    },
    busy(verb, object) {
      if (!options.quiet) live?.start(line(verb, object), 'erase')
    },
    moved(verb, object) {
      if (!options.quiet) live?.move(line(verb, object))
    },
    pass(text) {
      if (options.json && options.quiet) return
      live?.settle()
      const stream = options.json ? io.stderr : io.stdout
      stream.write(guardedForeign(text))
    },
    settle: () => live?.settle(),
  }
}

/** `   Compiling hello`: a verb, right-aligned, and what it is done to. */
export function statusLine(style: Style, verb: string, object: string): string {
  return `${style.green(verb.padStart(VERB_WIDTH))} ${object}`
}

/** As wide as cargo's, so that the objects of all status lines start in one column. */
const VERB_WIDTH = 12

const endLine = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
