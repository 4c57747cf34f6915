import { DwarfReader } from './dwarf-reader.js'

/** Characters of a name that are looked at. */
const MAX_NAME = 1_024
/** Units of fuel for one name, about two milliseconds: an honest one takes a hundredth of it. */
const FUEL_OF_NAME = 1_000_000n
/** Those that one fault may use. */
const FUEL_OF_FAULT = 4_000_000n
/** Names that are remembered. */
const MAX_KNOWN = 1_000

/** How the compilers of Rust and C++ begin names that they mangle: `d` is a name, and not the type that it would be in one. */
const MANGLED = /^_{1,2}[ZR]/

/** Names of functions as their language writes them. Plugins bring them: one that takes too long is shown as it is. */
export class FunctionNames {
  readonly #module: WebAssembly.Module
  readonly #fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n)
  readonly #known = new Map<string, string>()
  #reader: DwarfReader | undefined
  #left = 0n

  /** @param module `dwarf/dwarf.wasm` */
  constructor(module: WebAssembly.Module) {
    this.#module = module
  }

  /** A fault begins, or what has names to ask for at all. */
  refill(fuel = FUEL_OF_FAULT): void {
    this.#left = fuel
  }

  demangled(whole: string): string {
    const name = whole.slice(0, MAX_NAME)
    if (!MANGLED.test(name)) return name
    const known = this.#known.get(name)
    if (known !== undefined || this.#left === 0n) return known ?? name
    if (this.#known.size === MAX_KNOWN) this.#known.clear()
    const found = this.#ask(name) || name
    this.#known.set(name, found)
    return found
  }

  #ask(name: string): string {
    const given = this.#left < FUEL_OF_NAME ? this.#left : FUEL_OF_NAME
    this.#fuel.value = given
    if (this.#reader === undefined || this.#reader.isBroken)
      this.#reader = new DwarfReader(this.#module, this.#fuel)
    const found = this.#reader.demangle(name)
    this.#left -= given - this.#fuel.value
    return found
  }
}
