/** A file as an author knows it. */
export interface ShownPath {
  /** Relative to the project; of other code, from where it is known by: `cargo/serde-1.0.0/src/lib.rs`. */
  readonly path: string
  /** Whether it is a part of the language, which the author has not written. */
  readonly isToolchain: boolean
}

/** How paths begin that tools write for code that is not of the project. Nothing of the machine that built it is left. */
const ELSEWHERE: readonly { readonly prefix: RegExp; readonly as: string; readonly isToolchain: boolean }[] =
  [
    { prefix: /^\/rustc\/[^/]+\//, as: '', isToolchain: true },
    { prefix: /^.*\/rustlib\/src\/rust\//, as: '', isToolchain: true },
    { prefix: /^(?:.*\/)?registry\/src\/[^/]+\//, as: 'cargo/', isToolchain: false },
    { prefix: /^(?:.*\/)?git\/checkouts\//, as: 'cargo/', isToolchain: false },
    { prefix: /^~lib\//, as: '~lib/', isToolchain: true },
    // `wasisdk:/v30.0/…`: a tool that was itself built without its paths.
    { prefix: /^(?=[a-z][a-z\d-]+:\/)/, as: '', isToolchain: true },
  ]

/** Characters of a path that are looked at. */
const MAX_PATH = 1_024

/** @param directory of the compilation; paths below it are the project's */
export function shownPath(file: string, directory: string): ShownPath {
  const whole = normal(file)
  for (const { prefix, as, isToolchain } of ELSEWHERE)
    if (prefix.test(whole)) return { path: as + whole.replace(prefix, ''), isToolchain }
  const own = inside(whole, normal(directory))
  const isOutside = /^(?:\/|[A-Za-z]:\/|\.\.\/)/.test(own)
  return { path: isOutside ? own.slice(own.lastIndexOf('/') + 1) : own, isToolchain: isOutside }
}

function inside(file: string, directory: string): string {
  return directory !== '' && file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file
}

function normal(file: string): string {
  const parts: string[] = []
  for (const part of file.slice(0, MAX_PATH).replaceAll('\\', '/').split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop()
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part)
  }
  return parts.join('/')
}

/** The language of a file of sources, by its name; null for one that is not known. */
export function languageOf(file: string): string | null {
  return LANGUAGES.get(file.slice(file.lastIndexOf('.') + 1).toLowerCase()) ?? null
}

const LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['rs', 'rust'],
  ['c', 'c'],
  ['h', 'c'],
  ...['cc', 'cpp', 'cxx', 'hpp', 'hh'].map((end) => [end, 'cpp'] as const),
  ...['ts', 'mts', 'tsx'].map((end) => [end, 'typescript'] as const),
  ...['js', 'mjs', 'cjs', 'jsx'].map((end) => [end, 'javascript'] as const),
  ['go', 'go'],
  ['zig', 'zig'],
  ['py', 'python'],
])
