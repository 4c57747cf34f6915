import { errors } from '../../errors/index.js'
import type { BuildMode } from '../settings.js'
import { isCpp } from './clang.js'
import { GENERATED } from './sources.js'

export interface FlagSettings {
  readonly mode: BuildMode
  readonly include: readonly string[]
  /** The author's own, after ours. */
  readonly flags: readonly string[]
}

/** Arguments for one source. Paths are relative, so that equal sources give equal bytes in every folder. */
export function compileArgs(source: string, { mode, include, flags }: FlagSettings): string[] {
  return [
    ...(isCpp(source) ? CPP_FLAGS : []),
    ...(mode === 'debug' && isCpp(source) && isGenerated(source) ? GENERATED_DEBUG : OPTIMISATION[mode]),
    ...['src', GENERATED, ...include].map((folder) => `-I${folder}`),
    // Whole debug information makes a build of C++ take three times as long; what a trap tells needs names and lines.
    ...['-gline-tables-only', '-fdebug-compilation-dir=.'],
    ...warnings(source),
    ...flags.filter((flag) => !isLinkFlag(flag) && speaksTo(flag, source)),
  ]
}

/** A reactor is initialised once and then called; a stack that runs over traps and does not write over data. */
export function linkArgs({ flags }: FlagSettings): string[] {
  return [
    '-mexec-model=reactor',
    ...['-Wl,--stack-first', `-Wl,-z,stack-size=${STACK_BYTES}`, '-Wl,--error-limit=0'],
    ...flags.filter(isLinkFlag),
  ]
}

/** The C++ of the bindings. */
export const CPP_FLAGS = ['-std=c++23', '-fno-exceptions'] as const

const OPTIMISATION: Readonly<Record<BuildMode, readonly string[]>> = {
  release: ['-Os'],
  size: ['-Oz', '-DNDEBUG'],
  speed: ['-O3'],
  debug: ['-O0'],
}

/**
 * Bindings in C++ are templates over templates, of which the linker gets all that nobody inlined: those of `wasi:http` take the
 * packaged compiler many minutes then, and nobody steps through them.
 */
const GENERATED_DEBUG = ['-Os'] as const

/** The default of 64 KiB is little for libraries that were written for desktops. */
const STACK_BYTES = 1 << 20

/** Only the author's own code is theirs to mend. */
function warnings(source: string): string[] {
  return source.startsWith('src/') && !isGenerated(source) ? ['-Wall'] : ['-w']
}

/**
 * A compiler of this machine loads plugins, reads files of arguments and starts linkers that its flags name. Which of
 * them run something is no list that stays complete, so only those that cannot are let through.
 *
 * @throws {PROJECT_CODE_REFUSED}
 */
export function refuseFlags(flags: readonly string[]): void {
  const refused = flags.find((flag) => !/^(?:-[DU]\w+(?:=.*)?|-O[0-3sz]|-std=[\w+:]+|-l[\w+-]+)$/s.test(flag))
  if (refused !== undefined)
    throw errors.PROJECT_CODE_REFUSED({ what: `the compiler with a flag of its choice: ${refused}` })
}

const isGenerated = (source: string) => source.startsWith(`${GENERATED}/`)

const isLinkFlag = (flag: string) => /^-(Wl,|l|L)/.test(flag)

/** `-std=c17` would be an error for a C++ source, and the other way round. */
function speaksTo(flag: string, source: string): boolean {
  return !flag.startsWith('-std=') || flag.includes('++') === isCpp(source)
}
