/** A function that an instruction is in, as its debug information has it; texts are empty and numbers 0 where it says nothing. */
export interface DwarfFrame {
  readonly name: string
  /** Of the compilation, which paths are relative to. */
  readonly directory: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What `dwarf/src/lib.rs` exports. */
interface Exports {
  readonly memory: WebAssembly.Memory
  allocate(length: number): number
  open(address: number, length: number): number
  find(address: number): number
  demangle(address: number, length: number): number
}

/** Units of fuel that one question may use, some tenths of a second: honest information of ten megabytes takes a tenth of that. */
const FUEL = 200_000_000n

/**
 * Reads debug information, which a plugin brings, where it can do nothing: in a module of its own without imports, whose fuel
 * and memory are bounded. One that failed is not asked again.
 */
export class DwarfReader {
  readonly #fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n)
  readonly #exports: Exports
  #isBroken = false

  /** @param reader `dwarf/dwarf.wasm` */
  constructor(reader: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(reader, { 'wasm-plugin': { fuel: this.#fuel } })
    this.#exports = instance.exports as unknown as Exports
  }

  /** Whether a core module has debug information that can be read. */
  open(module: Uint8Array): boolean {
    return this.#ask(false, () => this.#exports.open(this.#given(module), module.length) !== 0)
  }

  /** The functions that an instruction is in, innermost first: several where one was inlined. */
  find(address: number): DwarfFrame[] {
    return this.#ask([], () => {
      const answer = this.#answer(this.#exports.find(address))
      return Array.from({ length: answer.number() }, () => ({
        name: answer.text(),
        directory: answer.text(),
        file: answer.text(),
        line: answer.number(),
        column: answer.number(),
      }))
    })
  }

  /** A name as its language writes it. */
  demangle(name: string): string {
    return this.#ask(name, () => {
      const bytes = new TextEncoder().encode(name)
      return this.#answer(this.#exports.demangle(this.#given(bytes), bytes.length)).text()
    })
  }

  #given(bytes: Uint8Array): number {
    const address = this.#exports.allocate(bytes.length)
    new Uint8Array(this.#exports.memory.buffer, address, bytes.length).set(bytes)
    return address
  }

  /** The memory may have grown. */
  #answer(at: number): Answer {
    return new Answer(this.#exports.memory.buffer, at)
  }

  #ask<T>(otherwise: T, question: () => T): T {
    if (this.#isBroken) return otherwise
    try {
      this.#fuel.value = FUEL
      return question()
    } catch {
      // It trapped, or used up its fuel, its stack or its memory.
      this.#isBroken = true
      return otherwise
    }
  }
}

class Answer {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at: number

  constructor(buffer: ArrayBufferLike, at: number) {
    this.#bytes = new Uint8Array(buffer)
    this.#view = new DataView(buffer)
    this.#at = at >>> 0
  }

  number(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  text(): string {
    const length = this.number()
    this.#at += length
    return new TextDecoder().decode(this.#bytes.subarray(this.#at - length, this.#at))
  }
}
