import { clampSteps } from './clamp.js'
import { readSections, SectionId, sectionReader } from './core-sections.js'
import { compileCostSteps } from './cost/compile-cost.js'
import { exportMemories } from './export-memories.js'
import { exportedFunctions } from './exported-functions.js'
import { countFunctionsSteps } from './fuel/count-functions.js'
import { readIndexSpaces } from './fuel/index-spaces.js'
import { MeteredCode } from './fuel/metered-code.js'
import { functionNames } from './function-names.js'
import { pauseLength } from './interruptible.js'
import type { ClampLimits } from './ranges.js'
import { type Fuel, rewriteSteps } from './rewrite.js'
import { exportStateSteps } from './state/export-state.js'
import { atOnce } from './steps.js'

export interface OriginalCodeOptions {
  readonly memory: ClampLimits
  /** See `shareTables`. */
  readonly tableMaxima?: readonly number[] | undefined
  readonly fuel: Fuel
  /** What it keeps is exported, see `exportState`. */
  readonly snapshot?: boolean
  /** See `CompileOptions`. */
  readonly stepping?: boolean
  /** Index of the module in the component. */
  readonly module: number
}

/**
 * Where the code of a core module was before it was rewritten. Faults are rare, so nothing is kept of that when a module is
 * compiled: all of it is done once more, when the first is looked at.
 */
export class OriginalCode {
  /** The module as its author has it. */
  readonly bytes: Uint8Array
  readonly #original: Functions
  readonly #metered: Functions
  readonly #compiled: Functions
  readonly #meter: MeteredCode | undefined
  readonly #long: readonly number[]
  readonly #pauseLength: number
  readonly #module: number
  #names: ReadonlyMap<number, string> | undefined
  #exported: ReadonlyMap<number, string> | undefined

  /**
   * @param bytes the module as its author has it
   * @param given the same as it is rewritten, see `lowerConstants`
   * @throws what compiling it throws
   */
  constructor(
    bytes: Uint8Array,
    given: Uint8Array,
    { memory, tableMaxima, fuel, snapshot = false, stepping = false, module }: OriginalCodeOptions,
  ) {
    const named = exportMemories(atOnce(clampSteps(given, memory, module, tableMaxima)), module).bytes
    const saved = snapshot ? atOnce(exportStateSteps(named, module)).bytes : named
    const clamped = fuel === 'functions' ? atOnce(countFunctionsSteps(saved, module)) : saved
    const { long } = atOnce(compileCostSteps(clamped, module))
    const rewritten = atOnce(rewriteSteps(clamped, { long, fuel, stepping, module }))
    this.bytes = bytes
    this.#module = module
    this.#original = new Functions(bytes, module)
    this.#metered = new Functions(rewritten.metered, module)
    this.#compiled = new Functions(rewritten.bytes, module)
    this.#meter = fuel === false ? undefined : new MeteredCode(clamped, module, fuel === 'functions')
    this.#long = rewritten.long
    this.#pauseLength = pauseLength(this.#original.imported + this.#original.count)
  }

  /** Where the content of the code section begins, which debug information counts from. */
  get start(): number {
    return this.#original.start
  }

  /** Of a function, out of the section `name`; that of the compiled module may have been left out. */
  nameOf(func: number): string | undefined {
    this.#names ??= functionNames(this.bytes, readSections(this.bytes, this.#module), this.#module)
    return this.#names.get(func)
  }

  /** A name by which the module exports a function; undefined where it does not. */
  exportOf(func: number): string | undefined {
    this.#exported ??= exportedFunctions(this.bytes, readSections(this.bytes, this.#module), this.#module)
    return this.#exported.get(func)
  }

  /** The function of the compiled module whose body begins there. */
  startingAt(offset: number): number | undefined {
    return this.#compiled.startingAt(offset)
  }

  /** The function that is so many behind the first that the module defines. */
  definedAt(index: number): number {
    return this.#original.imported + index
  }

  /** Offsets in the module of a function's body. */
  bodyOf(func: number): Body | undefined {
    return this.#original.body(func)
  }

  /** Whether a function of the compiled module has an instruction at that offset. */
  has(func: number, offset: number): boolean {
    const body = this.#compiled.body(func)
    return body !== undefined && offset >= body.start && offset < body.end
  }

  /** The offset in the module of an instruction of the compiled one; of one that was added, that of the one behind it. */
  offsetOf(func: number, offset: number): number | undefined {
    const original = this.#original.body(func)
    if (original === undefined || !this.has(func, offset)) return undefined
    const metered = this.#beforePauses(func, offset)
    const into = this.#meter?.originalOf(func - this.#original.imported, metered) ?? metered
    return Math.min(original.start + into, original.end - 1)
  }

  /** Without the calls that follow long instructions; counted from the start of the function's body. */
  #beforePauses(func: number, offset: number): number {
    const metered = this.#metered.body(func) as Body
    const into = offset - (this.#compiled.body(func) as Body).start
    let added = 0
    for (const behind of this.#long) {
      if (behind <= metered.start || behind > metered.end) continue
      const at = behind - metered.start
      if (into < at + added) break
      if (into < at + added + this.#pauseLength) return at - 1
      added += this.#pauseLength
    }
    return into - added
  }
}

/** Where the code of a function is. */
export interface Body {
  readonly start: number
  readonly end: number
}

/** The bodies of a module's functions, as offsets. */
class Functions {
  readonly imported: number
  readonly count: number
  /** Of the content of the code section. */
  readonly start: number
  readonly #bounds: Uint32Array

  constructor(bytes: Uint8Array, module: number) {
    const sections = readSections(bytes, module)
    this.imported = readIndexSpaces(bytes, sections, { module }).importedFunctions
    const code = sections.find(({ id }) => id === SectionId.CODE)
    this.start = code?.body ?? 0
    const reader = code && sectionReader(bytes, code, module)
    this.count = reader?.u32() ?? 0
    this.#bounds = new Uint32Array(2 * this.count)
    for (let i = 0; reader !== undefined && i < this.count; i++) {
      const size = reader.u32()
      this.#bounds[2 * i] = reader.offset
      reader.skip(size)
      this.#bounds[2 * i + 1] = reader.offset
    }
  }

  body(func: number): Body | undefined {
    const index = func - this.imported
    if (index < 0 || index >= this.count) return undefined
    return { start: this.#bounds[2 * index]!, end: this.#bounds[2 * index + 1]! }
  }

  startingAt(offset: number): number | undefined {
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#bounds[2 * middle]! < offset) low = middle + 1
      else high = middle
    }
    return low < this.count && this.#bounds[2 * low] === offset ? this.imported + low : undefined
  }
}
