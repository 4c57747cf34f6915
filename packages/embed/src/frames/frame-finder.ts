import type { CompileOptions } from '@wasm-plugin/runtime'
import type { Frame } from '@wasm-plugin/runtime/errors'
import { type OriginalCode, originalModules } from '@wasm-plugin/runtime/internal'
import { DwarfReader } from './dwarf-reader.js'
import type { EngineFrame } from './engine-stack.js'
import { type Found, named, placed } from './found.js'
import { FunctionNames } from './function-names.js'
import { ModuleSourceMap } from './source-map.js'

/** What there is to find out where a plugin failed. */
export interface DebugInformation {
  /** `dwarf/dwarf.wasm` */
  readonly reader: Uint8Array
  /** The component as its author built it, with what was left out of the one that runs. */
  readonly component: Uint8Array
  /** Of its first core module. */
  readonly sourceMap: string | null
}

/**
 * Units of fuel for all debug information of a component, some tenths of a second: honest information of ten megabytes takes a
 * tenth of that, once. With each fault there are as many more as some milliseconds take.
 */
const FUEL = 200_000_000n
const FUEL_OF_FAULT = 2_000_000n
/** Places that are remembered. */
const MAX_KNOWN = 1_000

/** What one core module says of where its code comes from. */
interface Described {
  readonly code: OriginalCode
  readonly dwarf: DwarfReader
  readonly sourceMap: ModuleSourceMap | null
  readonly known: Map<number, readonly Found[]>
}

/**
 * Finds the author's functions and lines for all faults of one component. What it is given may be hostile: then it finds other
 * ones, or none.
 */
export class FrameFinder {
  readonly #names: FunctionNames
  readonly #fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, FUEL)
  readonly #modules: readonly Described[]

  /** @throws what compiling the component throws */
  constructor({ reader, component, sourceMap }: DebugInformation, options: CompileOptions) {
    const map = sourceMap === null ? null : ModuleSourceMap.read(sourceMap)
    const compiled = new WebAssembly.Module(reader as Uint8Array<ArrayBuffer>)
    this.#names = new FunctionNames(compiled)
    this.#modules = originalModules(component, options).map((code, i) => {
      const dwarf = new DwarfReader(compiled, this.#fuel)
      dwarf.open(code.bytes)
      // One that goes on behind the module is that of another build.
      const fits = i === 0 && map !== null && map.end <= code.bytes.length
      return { code, dwarf, sourceMap: fits ? map : null, known: new Map() }
    })
  }

  /** Innermost first. What a language does to end a program is left out, where the author's code is below it. */
  find(stack: readonly EngineFrame[]): Frame[] {
    this.#names.refill()
    const fuel = this.#fuel.value + FUEL_OF_FAULT
    this.#fuel.value = fuel < FUEL ? fuel : FUEL
    const modules = new Map<string, Described | undefined>()
    for (const { module } of stack)
      if (!modules.has(module))
        modules.set(module, this.#moduleOf(stack.filter((of) => of.module === module)))
    const found = stack.flatMap((frame) => this.#found(frame, modules.get(frame.module)))
    const first = found.findIndex(({ isOwn }) => isOwn)
    return found.slice(Math.max(first, 0)).map(({ frame }) => frame)
  }

  /** The engine calls a module by a number of its own: it is the one that has code wherever that module was. */
  #moduleOf(frames: readonly EngineFrame[]): Described | undefined {
    return this.#modules.find(({ code }) => frames.every(({ func, offset }) => code.has(func, offset)))
  }

  #found(frame: EngineFrame, module: Described | undefined): readonly Found[] {
    const at = module?.code.offsetOf(frame.func, frame.offset)
    if (module === undefined || at === undefined) return [named(this.#nameOf(frame, module))]
    let found = module.known.get(at)
    if (found !== undefined) return found
    found = this.#look(frame, module, at)
    if (module.known.size === MAX_KNOWN) module.known.clear()
    module.known.set(at, found)
    return found
  }

  #look(frame: EngineFrame, module: Described, at: number): Found[] {
    const own = this.#nameOf(frame, module)
    const mapped = module.sourceMap?.find(at)
    if (mapped) return [placed({ ...mapped, name: own, directory: '' }, 'assemblyscript')]
    const frames = module.dwarf.find(at - module.code.start)
    // Of functions that were inlined into each other, only the outermost is one of the module.
    return frames.length === 0
      ? [named(own)]
      : frames.map((frame, i) => {
          const name = this.#names.demangled(frame.name)
          return placed({ ...frame, name: i === frames.length - 1 && name === '' ? own : name })
        })
  }

  #nameOf({ func, name }: EngineFrame, module: Described | undefined): string {
    return this.#names.demangled(module?.code.nameOf(func) ?? name ?? '')
  }
}
