import { posix } from 'node:path'

/** A compiler of C and C++ for WebAssembly, wherever it comes from. */
export interface Clang {
  /** Names the compiler exactly: another one makes other objects of the same source. */
  readonly version: string
  /** Compiles one source of the project. `args` are without source and output. */
  compile(source: string, args: readonly string[]): Promise<ClangAnswer>
  /** Links objects by their names, in this order. */
  link(objects: ReadonlyMap<string, Uint8Array>, args: readonly string[]): Promise<ClangAnswer>
  close(): Promise<void>
}

export interface ClangAnswer {
  readonly exitCode: number
  /** The object or the module; null when there is none. */
  readonly output: Uint8Array | null
  /** Every file that a compilation read, from the compiler's `-MD`; paths of the project are relative. */
  readonly dependencies: readonly string[]
  /** What it printed. */
  readonly said: string
}

/** The name under which the compiler takes a file for C or for C++; it also decides which libraries are linked. */
export function driverFor(source: string): 'clang' | 'clang++' {
  return isCpp(source) ? 'clang++' : 'clang'
}

/** Of an object for each source: `src/plugin.cpp.o`. */
export function linkDriverFor(objects: Iterable<string>): 'clang' | 'clang++' {
  return [...objects].some((name) => isCpp(name.replace(/\.o$/, ''))) ? 'clang++' : 'clang'
}

export function isCpp(source: string): boolean {
  return /\.(cc|cpp|cxx|c\+\+)$/i.test(source)
}

/** Paths of a rule as make reads it: `x.o: src/a.c src/b.h \`. */
export function parseDependencies(rule: string): string[] {
  const [, list = ''] = rule.replaceAll('\\\n', ' ').split(/:\s/, 2)
  return (list.match(/(?:\\ |\S)+/g) ?? []).map((path) => posix.normalize(path.replaceAll('\\ ', ' ')))
}
