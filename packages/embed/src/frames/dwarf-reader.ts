/** A function that an instruction is in, as its debug information has it; texts are empty and numbers 0 where it says nothing. */
export interface DwarfFrame {
  /** As it is there: mangled, where its language does that. */
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

/**
 * Reads debug information, which a plugin brings, where it can do nothing: in a module of its own without imports, whose fuel
 * and memory are bounded. One that failed is not asked again.
 */
export class DwarfReader {
  readonly #fuel: WebAssembly.Global<'i64'>
  readonly #exports: Exports
  #isBroken = false

  /**
   * @param reader `dwarf/dwarf.wasm`
   * @param fuel what may be used, which others may use too
   */
  constructor(reader: WebAssembly.Module, fuel: WebAssembly.Global<'i64'>) {
    this.#fuel = fuel
    const instance = new WebAssembly.Instance(reader, { 'wasm-plugin': { fuel } })
    this.#exports = instance.exports as unknown as Exports
  }

  /** Whether it used up its fuel, its stack or its memory. */
  get isBroken(): boolean {
    return this.#isBroken
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

  /** A mangled name as its language writes it; empty for what is none. */
  demangle(name: string): string {
    return this.#ask('', () => {
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
      return question()
    } catch {
      this.#isBroken = true
      if (this.#fuel.value < 0n) this.#fuel.value = 0n
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
