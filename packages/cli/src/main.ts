import { setImmediate } from 'node:timers/promises'
import { closest, showLines, showText } from '@wasm-plugin/runtime/text'
import type { AnyCommand, AnyInput, Context, Round } from './command.js'
import { commandTable } from './commands/index.js'
import { failures, usageErrors } from './errors/index.js'
import { type ExitCode, exitCodes } from './exit-codes.js'
import { commandHelp, helpOn, rootHelp } from './help/index.js'
import { describeFailure, renderFailure } from './output/failure.js'
import { failureDocument, type Layout, resultDocument, roundDocument } from './output/json.js'
import { createPrinter, type Printer } from './output/printer.js'
import { programStreams } from './output/program-streams.js'
import { shownResult } from './output/shown.js'
import type { Io } from './output/streams.js'
import type { GlobalOptions } from './output/verbosity.js'
import { mergeGlobalOptions } from './parse/global-options.js'
import { parseCommand } from './parse/parse-command.js'
import { parseRoot } from './parse/parse-root.js'
import { tellingWaits } from './registry/waiting.js'
import { version } from './version.js'

/**
 * One run of `wasm-plugin`: parse, run, render. Never throws and never ends the process.
 *
 * @param argv What follows the program's name on the command line.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  // Until the command line is parsed, this is the best guess at how its errors are to be shown.
  const fallback: GlobalOptions = { json: asksForJson(argv), quiet: false, verbose: false, color: 'auto' }
  const run: Run = {
    io,
    command: undefined,
    globals: fallback,
    printer: createPrinter(io, fallback),
    layout: 'pages',
    beside: {},
    afterwards: async () => {},
  }
  try {
    const exitCode = await dispatch(argv, run).catch((error) => fail(error, run))
    await run.afterwards()
    return exitCode
  } catch (error) {
    return fail(error, run)
  } finally {
    run.printer.settle()
  }
}

/** What is known so far about the run; an error is shown with as much of it as there is. */
interface Run {
  readonly io: Io
  command: string | undefined
  globals: GlobalOptions
  printer: Printer
  /** Of the documents of --json. */
  layout: Layout
  /** What stands beside an error in its document. */
  beside: Readonly<Record<string, unknown>>
  /** What the command has left for when its result is shown. */
  afterwards: () => Promise<void>
}

async function dispatch(argv: readonly string[], run: Run): Promise<number> {
  const root = parseRoot(argv)
  // `--json` may still stand behind the command's name, where an error in between must not hide it.
  configure(run, { ...root.globals, json: run.globals.json })
  if (root.version) {
    run.printer.data(run.globals.json ? resultDocument('version', true, { version: version() }) : version())
    return exitCodes.ok
  }
  if (root.command === undefined && !root.help) {
    if (run.globals.json) throw usageErrors.MISSING_COMMAND({})
    run.printer.complain(rootHelp(run.printer.errStyle))
    return exitCodes.usage
  }
  if (root.command === undefined) {
    run.printer.data(rootHelp(run.printer.outStyle))
    return exitCodes.ok
  }
  if (root.command === 'help') {
    run.printer.data(await helpOn(root.rest[0], run.printer.outStyle))
    return exitCodes.ok
  }
  const command = await loadCommand(root.command)
  run.command = command.name
  const parsed = parseCommand(command, root.help ? ['--help'] : root.rest)
  configure(run, mergeGlobalOptions(root.globals, parsed.globals))
  if (parsed.help) {
    run.printer.data(commandHelp(command, run.printer.outStyle))
    return exitCodes.ok
  }
  if (command.goesOn?.(parsed.input) === true) run.layout = 'lines'
  return execute(command, parsed.input, run)
}

function configure(run: Run, globals: GlobalOptions): void {
  run.globals = globals
  run.printer = createPrinter(run.io, globals)
}

/** @throws {UNKNOWN_COMMAND} */
async function loadCommand(name: string): Promise<AnyCommand> {
  const entry = commandTable.find((command) => command.name === name)
  if (entry) return entry.load()
  const names = [...commandTable.map((command) => command.name), 'help']
  throw usageErrors.UNKNOWN_COMMAND({ name, guess: closest(name, names) })
}

async function execute(command: AnyCommand, input: AnyInput, run: Run): Promise<number> {
  const { io, globals, printer, layout } = run
  if (command.outlivesReader) io.outliveReader?.()
  const context = createContext(command.name, run)
  const running = tellingWaits(context.progress, () => command.run(context, input))
  const result = await (command.endsBySignal ? running : unlessInterrupted(running, io.signal))
  printer.settle()
  const failed = command.isFailure?.(result) === true
  if (globals.json) {
    printer.data(resultDocument(command.name, !failed, result, layout))
  } else {
    const shown = shownResult(result, command.raw ?? [])
    const { stdout, stderr } = command.render(shown, { out: printer.outStyle, err: printer.errStyle })
    if (stdout !== undefined) printer.data(stdout)
    if (stderr !== undefined) printer.talk(stderr)
  }
  return command.exitCode?.(result) ?? (failed ? exitCodes.failed : exitCodes.ok)
}

/** A command that heard of the interruption has this long, in milliseconds, to tidy up. */
const GRACE_MS = 1000

/** @throws {INTERRUPTED} once the signal is aborted and the command has ended, or has not within its grace */
async function unlessInterrupted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const result = await Promise.race([running, graceAfter(signal)]).finally(heard)
  if (signal.aborted) throw failures.INTERRUPTED({})
  return result as T // Only an aborted signal settles the grace.
}

/**
 * Signals wait for the event loop, which a command that never waits keeps from turning: two turns, since the first may begin
 * behind the place where signals are taken.
 */
async function heard(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

function graceAfter(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const start = () => setTimeout(resolve, GRACE_MS)
    if (signal.aborted) start()
    else signal.addEventListener('abort', start, { once: true })
  })
}

function createContext(command: string, run: Run): Context {
  const { io, printer } = run
  const { json } = run.globals
  return {
    cwd: io.cwd,
    env: io.env,
    signal: io.signal,
    interactive: io.interactive && !printer.quiet,
    json,
    onHangup(listener) {
      if (!io.interactive) io.onHangup?.(listener)
    },
    takeStreams() {
      printer.settle()
      return programStreams(io)
    },
    beside(facts) {
      run.beside = facts
    },
    afterwards(step) {
      run.afterwards = step
    },
    progress: {
      status: (verb, object) => printer.status(verb, showText(object)),
      busy: (verb, object) => printer.busy(verb, showText(object)),
      moved: (verb, object) => printer.moved(verb, showText(object)),
      line: (text) => printer.talk(showLines(text)),
      failure: (error) =>
        printer.complain(
          renderFailure(describeFailure(error, io.signal, command), printer.errStyle, printer.verbose),
        ),
      pass: printer.pass,
      color: json ? printer.errStyle.colored : printer.outStyle.colored,
    },
    round: (round) => {
      if (json) printer.data(roundDocument(command, describeRound(round, io.signal, command)))
    },
  }
}

function describeRound(round: Round, signal: AbortSignal, command: string) {
  if (!('error' in round)) return round
  const { error } = describeFailure(round.error, signal, command)
  return { ok: false, changed: round.changed, error: error.toJSON() }
}

function fail(error: unknown, { io, command, globals, printer, layout, beside }: Run): ExitCode {
  const failure = describeFailure(error, io.signal, command)
  if (globals.json) printer.data(failureDocument(command, failure, { layout, beside }))
  else printer.complain(renderFailure(failure, printer.errStyle, printer.verbose))
  return failure.exitCode
}

/** `--json` counts wherever it stands, except after `--`. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}
