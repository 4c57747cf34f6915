import { type DecodeContext, quote } from './context.js'

/** The two-level names of one module's imports. In a component no two may be equal, or one could not be given. */
export class CoreImportNames {
  readonly #seen = new Set<string>()

  /** @throws {INVALID_COMPONENT} */
  add(context: DecodeContext, module: string, name: string): void {
    const key = coreImportKey(module, name)
    if (this.#seen.has(key))
      throw context.invalid(`core import ${quote(module)} ${quote(name)} is there twice`)
    this.#seen.add(key)
  }
}

/** One string for both names, different for different pairs. */
export function coreImportKey(module: string, name: string): string {
  return `${module.length}:${module}${name}`
}
