import type { ProgramStreams } from './output/program-streams.js'
import type { Style } from './output/style.js'

/** A positional argument. Order in the list is order on the command line; only the last may be variadic. */
export interface ArgumentSpec {
  readonly description: string
  /** `after-dashes` is everything behind a `--`, which is for somebody else to parse. */
  readonly kind: 'required' | 'optional' | 'variadic' | 'after-dashes'
  /** What is nothing is a value too: a word of a program, or a string. Elsewhere it is a variable of a shell that is not set. */
  readonly mayBeEmpty?: true
  /** A sentence for whoever leaves it out. */
  readonly missing?: string
}

/** A `--option`, keyed by its kebab-case name. A value is never empty. */
export type OptionSpec =
  | { readonly kind: 'flag'; readonly short?: string; readonly description: string }
  | {
      readonly kind: 'value'
      /** What stands for the value in the help text: `--wit <path>`. */
      readonly value: string
      readonly short?: string
      readonly description: string
      readonly choices?: readonly string[]
    }
  | { readonly kind: 'list'; readonly value: string; readonly short?: string; readonly description: string }

type ArgumentValue<S extends ArgumentSpec> = S['kind'] extends 'required'
  ? string
  : S['kind'] extends 'variadic' | 'after-dashes'
    ? readonly string[]
    : string | undefined

type OptionValue<S extends OptionSpec> = S['kind'] extends 'flag'
  ? boolean
  : S['kind'] extends 'list'
    ? readonly string[]
    : string | undefined

type Arguments = Readonly<Record<string, ArgumentSpec>>
type Options = Readonly<Record<string, OptionSpec>>

/** What `run` gets: one typed property per argument and per option of the command. */
export type Input<A extends Arguments, O extends Options> = {
  readonly [K in keyof A]: ArgumentValue<A[K]>
} & { readonly [K in keyof O]: OptionValue<O[K]> }

/** What a command may use of the world around it. Printing is not part of it, except for progress. */
export interface Context {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** A person can be asked. */
  readonly interactive: boolean
  /** stdout is for documents, between which nothing else may stand. */
  readonly json: boolean
  /** Has SIGHUP call this, and not end the command; where a person sits at it, that the terminal is gone. */
  onHangup(listener: () => void): void
  readonly progress: Progress
  /** For a program that runs in the place of this process: nothing else is shown from here on. */
  takeStreams(): ProgramStreams
  /** What the document of a failure has beside its error, with `--json`. */
  beside(facts: Readonly<Record<string, unknown>>): void
  /** What goes on once the result, or the failure, is shown, and before the process ends. */
  afterwards(step: () => Promise<void>): void
  /** Tells programs how one round of a command that goes on ended: a document on a line of its own. */
  round(round: Round): void
}

/** What a command does again and again, and once at its start, when nothing has changed yet. */
export type Round = {
  /** Paths of what made it do so, relative to the project. */
  readonly changed: readonly string[]
} & ({ readonly ok: boolean; readonly result: unknown } | { readonly error: unknown })

export interface Progress {
  /** A step that stays on the screen: `   Compiling hello`. */
  status(verb: string, object: string): void
  /** A step that is shown only while it lasts. */
  busy(verb: string, object: string): void
  /** The same, of work that says how far it is. */
  moved(verb: string, object: string): void
  /** A line from elsewhere: the log of a plugin, the output of a compiler. */
  line(text: string): void
  /** A failure that does not end the command. */
  failure(error: unknown): void
  /** Text of another program, as it comes: to stdout, or with --json to stderr. */
  pass(text: string): void
  /** Whether that program may use colour. */
  readonly color: boolean
}

/** Human text of a result. stdout is for data, stderr for talk. */
export interface Rendering {
  readonly stdout?: string
  readonly stderr?: string
}

/** A command is data and one function. `run` returns data and never prints; `render` is pure. */
export interface CommandSpec<A extends Arguments, O extends Options, R> {
  readonly name: string
  /** One sentence without a full stop. */
  readonly summary: string
  /** Command lines to copy, each with what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[]
  readonly arguments: A
  readonly options: O
  /** Sentences that whoever uses the command has to know, at the end of its help. */
  readonly notes?: readonly string[]
  /** @throws {PluginError} for everything that has a name; whatever else is thrown is a defect. */
  run(context: Context, input: Input<A, O>): Promise<R>
  /** `styles.out` paints text for stdout, `styles.err` for stderr. */
  render(result: R, styles: { readonly out: Style; readonly err: Style }): Rendering
  /** Fields of the result that `render` shows by itself; the texts of all others come to it ready to be shown. */
  readonly raw?: readonly (keyof R & string)[]
  /** True when the command ran and its answer is no; the process then exits with 1. */
  isFailure?(result: R): boolean
  /** How the process ends, where the command says that itself. */
  exitCode?(result: R): number | undefined
  /** True when it runs until it is interrupted. With --json all that it says are rounds, and its end, one to a line. */
  goesOn?(input: Input<A, O>): boolean
  /** True when being interrupted is how it ends: it is waited for, and what it gives then is its result. */
  readonly endsBySignal?: boolean
  /** Whether it goes on when nobody reads what it writes any more. */
  readonly outlivesReader?: boolean
}

/** What the parser makes of a command line, for any command. */
export type AnyInput = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** A command whose types are erased, as the table and the runner hold it. */
export interface AnyCommand extends Omit<CommandSpec<Arguments, Options, unknown>, 'run' | 'goesOn' | 'raw'> {
  readonly raw?: readonly string[]
  run(context: Context, input: AnyInput): Promise<unknown>
  goesOn?(input: AnyInput): boolean
}

/** Checks a command against its own argument and option types, and erases them. */
export function defineCommand<const A extends Arguments, const O extends Options, R>(
  spec: CommandSpec<A, O, R>,
): AnyCommand {
  return spec as unknown as AnyCommand // The parser builds `Input<A, O>` from this very spec.
}
