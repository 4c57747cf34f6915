import type { CompileOptions } from '@wasm-plugin/runtime'
import type { Frame } from '@wasm-plugin/runtime/errors'
import { type OriginalCode, originalModules } from '@wasm-plugin/runtime/internal'
import { DwarfReader } from './dwarf-reader.js'
import { named, placed } from './found.js'
import { FunctionNames } from './function-names.js'
import { ModuleSourceMap } from './source-map.js'

/** A function as a profiler knows it. */
export interface SampledFunction {
  readonly name: string
  /** Where it begins in its module as it was compiled. */
  readonly offset: number
}

/** The same as its author knows it. */
export interface FoundFunction {
  readonly frame: Frame
  readonly isExported: boolean
}

/** What there is to find functions by. */
export interface CodeInformation {
  /** `dwarf/dwarf.wasm` */
  readonly reader: Uint8Array
  /** As its author built it; null where its bytes are not there any more. */
  readonly component: Uint8Array | null
  /** Of its first core module. */
  readonly sourceMap: string | null
}

/** Units of fuel for all debug information of a component, and for all names: half a second each. */
const FUEL = 400_000_000n

interface Module {
  readonly code: OriginalCode
  readonly dwarf: DwarfReader
  readonly sourceMap: ModuleSourceMap | null
}

/** Finds the author's names for functions, and the lines on which they begin. What it reads may be hostile, see `FrameFinder`. */
export class FunctionFinder {
  readonly #names: FunctionNames
  readonly #modules: readonly Module[] | null

  /** @throws what compiling the component throws */
  constructor({ reader, component, sourceMap }: CodeInformation, options: CompileOptions) {
    const map = sourceMap === null ? null : ModuleSourceMap.read(sourceMap)
    const compiled = new WebAssembly.Module(reader as Uint8Array<ArrayBuffer>)
    const fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, FUEL)
    this.#names = new FunctionNames(compiled)
    this.#names.refill(FUEL)
    this.#modules =
      component &&
      originalModules(component, options, { all: true }).map((code, i) => {
        const dwarf = new DwarfReader(compiled, fuel)
        dwarf.open(code.bytes)
        const fits = i === 0 && map !== null && map.end <= code.bytes.length
        return { code, dwarf, sourceMap: fits ? map : null }
      })
  }

  /** Functions of one module; undefined for what is none of the component. Where nobody knows, every module is one. */
  find(functions: readonly SampledFunction[]): (FoundFunction | undefined)[] {
    if (this.#modules === null) return functions.map(({ name }) => this.#known(name))
    const module = this.#modules.find(({ code }) => functions.every((each) => isIn(code, each)))
    return functions.map((each) => module && this.#found(each, module))
  }

  /** By the core module, and by the index among the functions that it defines. */
  defined(module: number, index: number): Frame {
    const found = this.#modules?.[module]
    const func = found?.code.definedAt(index)
    const body = func === undefined ? undefined : found?.code.bodyOf(func)
    if (found === undefined || func === undefined || body === undefined) return named('').frame
    return this.#frameOf(found, { func, body, name: found.code.exportOf(func) ?? '' })
  }

  #known(name: string): FoundFunction {
    return { frame: named(this.#names.demangled(name)).frame, isExported: false }
  }

  #found({ name, offset }: SampledFunction, module: Module): FoundFunction | undefined {
    const func = module.code.startingAt(offset) as number
    const body = module.code.bodyOf(func)
    // One that was added when the module was rewritten.
    if (body === undefined) return undefined
    const frame = this.#frameOf(module, { func, body, name })
    return { frame, isExported: module.code.exportOf(func) !== undefined }
  }

  #frameOf(
    { code, dwarf, sourceMap }: Module,
    { func, body, name }: { func: number; body: { start: number; end: number }; name: string },
  ): Frame {
    const own = this.#names.demangled(code.nameOf(func) ?? name)
    const mapped = sourceMap?.first(body.start, body.end)
    if (mapped) return placed({ ...mapped, name: own, directory: '' }, 'assemblyscript').frame
    // The outermost is the one of the module.
    const found = dwarf.find(body.start - code.start).at(-1)
    if (found === undefined) return named(own).frame
    const outer = this.#names.demangled(found.name)
    return placed({ ...found, name: outer === '' ? own : outer }).frame
  }
}

/** The engine numbers functions that have no name. */
function isIn(code: OriginalCode, { name, offset }: SampledFunction): boolean {
  const func = code.startingAt(offset)
  const number = UNNAMED.exec(name)?.[1]
  return func !== undefined && (number === undefined || Number(number) === func)
}

const UNNAMED = /^wasm-function\[(\d{1,7})\]$/
