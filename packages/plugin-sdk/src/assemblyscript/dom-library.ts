/**
 * The compiler's library declares what a browser offers in one file, `bindings/dom`, and its `console`, `Date`,
 * `performance` and `crypto` stand on that. This text takes the file's place: a namespace whose interface the world
 * imports calls a global of the generated files; the others stay imports of `env`, which the build explains when a
 * program uses them.
 */
export function domLibrary(isBacked: (globals: Backing) => boolean): string {
  const namespaces = NAMESPACES.map(({ name, backing, functions }) => {
    const backed = isBacked(backing)
    const lines = functions.map((fn) => (backed ? definition(fn) : declaration(name, fn)))
    return [`export ${backed ? '' : 'declare '}namespace ${name} {`, ...lines, '}'].join('\n')
  })
  return ['export declare namespace Math {}', ...namespaces, ''].join('\n')
}

/** A file of `assembly/globals`. */
export type Backing = 'stderr' | 'wall-clock' | 'monotonic-clock' | 'random'

interface LibraryFunction {
  readonly name: string
  readonly params: string
  readonly result: string
  readonly body: string
}

interface Namespace {
  readonly name: string
  readonly backing: Backing
  readonly functions: readonly LibraryFunction[]
}

const printer = (name: string): LibraryFunction => ({
  name,
  params: 'message: string',
  result: 'void',
  body: 'cm_stderr(message);',
})

/** Timers print nothing: they exist so that code written for other hosts compiles. */
const timer = (name: string): LibraryFunction => ({ name, params: 'label: string', result: 'void', body: '' })

const NAMESPACES: readonly Namespace[] = [
  {
    name: 'console',
    backing: 'stderr',
    functions: [
      ...['log', 'debug', 'info', 'warn', 'error'].map(printer),
      ...['time', 'timeLog', 'timeEnd'].map(timer),
      {
        name: 'assert',
        params: 'condition: bool, message: string',
        result: 'void',
        body: 'if (!condition) cm_stderr("assertion failed: " + message);',
      },
    ],
  },
  {
    name: 'Date',
    backing: 'wall-clock',
    functions: [{ name: 'now', params: '', result: 'f64', body: 'return cm_dateNow();' }],
  },
  {
    name: 'performance',
    backing: 'monotonic-clock',
    functions: [{ name: 'now', params: '', result: 'f64', body: 'return cm_performanceNow();' }],
  },
  {
    name: 'crypto',
    backing: 'random',
    functions: [
      { name: 'getRandomValues', params: 'array: Uint8Array', result: 'void', body: 'cm_randomFill(array);' },
    ],
  },
]

function definition({ name, params, result, body }: LibraryFunction): string {
  return `  export function ${name}(${params}): ${result} { ${body} }`
}

function declaration(namespace: string, { name, params, result }: LibraryFunction): string {
  return `  @external("env", "${namespace}.${name}") export function ${name}(${params}): ${result};`
}
