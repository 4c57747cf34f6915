import { library } from './library.js'

/**
 * Builds the source of one factory. Text that a plugin chose never enters it: names are checked identifiers or
 * constants of the closure, everything else is written by the generator itself.
 */
export class Source {
  private readonly constants: unknown[] = []
  private readonly constantNames = new Map<unknown, string>()
  private readonly helpers: string[] = []
  private names = 0
  private nodes = 0

  /** An expression for a value that the generated code closes over. */
  constant(value: unknown): string {
    let name = this.constantNames.get(value)
    if (name === undefined) {
      name = `k${this.constants.length}`
      this.constants.push(value)
      this.constantNames.set(value, name)
    }
    return name
  }

  /** A new local name. */
  fresh(): string {
    return `v${this.names++}`
  }

  /** Adds a function next to the generated one, by text that `body` writes for its name. */
  helper(params: string, body: string): string {
    const name = `f${this.names++}`
    this.helpers.push(`function ${name}(${params}) { ${body} }`)
    return name
  }

  /** Counts a type node. @throws {TooLarge} the code would be longer than it is worth */
  count(): void {
    if (++this.nodes > MAX_NODES) throw new TooLarge()
  }

  /**
   * Compiles the factory. `main` is the text of a function expression, which sees the helpers, the library and the
   * properties of `Env`, whose names are `env`.
   */
  compile<Env extends object, F>(env: readonly (keyof Env & string)[], main: string): (env: Env) => F {
    const constants = this.constants.map((_, i) => `k${i}`)
    const text = `'use strict'; return ({ ${env.join(', ')} }) => { ${this.helpers.join('\n')}\nreturn ${main} }`
    // All code that this package generates passes here; see the class comment for what may be in `text`.
    return new Function(...Object.keys(library), ...constants, text)(
      ...Object.values(library),
      ...this.constants,
    )
  }
}

/** Type nodes per function: about 200 kB of source. Beyond it closures serve, whose size is linear in the type. */
const MAX_NODES = 2_000

export class TooLarge {}

let allowed: boolean | undefined

/** False where the page's policy or a flag of the process forbids `new Function`. */
export function canGenerate(): boolean {
  if (allowed === undefined) {
    try {
      allowed = new Function('return true')() === true
    } catch {
      allowed = false
    }
  }
  return allowed
}

/** `.title`, as the text of a property access or key; a name that is not a plain identifier becomes a constant. */
export function propertyKey(source: Source, name: string): string {
  return /^[a-z][A-Za-z0-9]*$/.test(name) ? JSON.stringify(name) : `[${source.constant(name)}]`
}

/** `value.title`. Names that every object inherits must be the record's own, see `ownField`. */
export function propertyOf(source: Source, value: string, name: string): string {
  if (name in Object.prototype) return `ownField(${value}, ${source.constant(name)})`
  return /^[a-z][A-Za-z0-9]*$/.test(name) ? `${value}.${name}` : `${value}[${source.constant(name)}]`
}
