import {
  type CheckedComponent,
  type ComponentDefinition,
  type CustomSection,
  decodeComponent,
  decodeSteps,
  defaultCompileLimits,
  refuseTypesOnly,
} from './binary/index.js'
import { compileModule } from './compile/compile-module.js'
import { copied, copiedSections, privateBytes } from './compile/copied.js'
import type { CompileOptions, CompilePlatform } from './compile/options.js'
import { paused } from './compile/paused.js'
import type { DecodedComponent, TransferredComponent } from './compile/transferred.js'
import type { CoreModule } from './engine-types.js'
import { errors } from './errors/index.js'
import { Instance, type InstantiateOptions } from './instance.js'
import {
  type ClampLimits,
  clampSteps,
  compileCostSteps,
  computesConstants,
  countFunctionsSteps,
  defaultInstanceLimits,
  exportMemories,
  exportStateSteps,
  type Footprint,
  footprintOf,
  hasDebugSections,
  lowerConstants,
  type ModuleState,
  shareTables,
} from './limits/index.js'
import type { ImportObject } from './link/imports.js'
import { type Bound, bindShims } from './link/shim/bind.js'
import type { ExternType } from './types/index.js'

/**
 * A component that was decoded, checked and compiled. It can be instantiated any number of times, and is safe to keep.
 *
 * @example
 * ```ts
 * const component = await Component.compile(bytes)
 * const { exports } = component.instantiate({ 'acme:site/log@0.1.0': { log: console.log } })
 * const { render } = exports['acme:site/render@0.1.0'] as { render(doc: object): unknown }
 * render({ path: 'a.md', markdown: '# Hello' })
 * ```
 */
export class Component {
  readonly #decoded: DecodedComponent
  readonly #transferred: TransferredComponent
  /** Whether a core module has debug information; not known of what another thread compiled. */
  readonly hasDebugInformation: boolean

  private constructor(
    decoded: DecodedComponent,
    transferred: TransferredComponent,
    hasDebugInformation = false,
  ) {
    this.#decoded = decoded
    this.#transferred = transferred
    this.hasDebugInformation = hasDebugInformation
  }

  /**
   * Decodes, checks and compiles a component.
   * @throws {NOT_WASM | CORE_MODULE | WIT_PACKAGE | MALFORMED_COMPONENT | INVALID_COMPONENT | INVALID_CORE_MODULE |
   *   UNSUPPORTED_FEATURE | LIMIT_EXCEEDED | COMPILE_COST_EXCEEDED | SNAPSHOT_UNSUPPORTED}
   */
  static async compile(
    bytes: Uint8Array,
    options: CompileOptions = {},
    platform: CompilePlatform = {},
  ): Promise<Component> {
    const { pause, allocate } = platform
    const own = await paused(copied(bytes), pause)
    const checked = await paused(decodeSteps(own, options.limits), pause)
    refuseTypesOnly(checked)
    const linked = bound(checked, options)
    const compiling: Promise<CoreModule | Uint8Array | null>[] = []
    const footprints: Footprint[] = []
    const memories: (readonly string[])[] = []
    const states: (ModuleState | null)[] = []
    if (options.snapshot === true) refuseStart(checked.root)
    const maxCost = COST_OF_A_BYTE * (options.limits?.componentBytes ?? defaultCompileLimits.componentBytes)
    let cost = 0
    let hasDebugInformation = false
    const limits: ClampLimits = { ...defaultInstanceLimits, ...options.memory }
    const originals = coreModules(checked)
    const tableMaxima = shareTables(originals, limits)
    for (const [index, module] of originals.entries()) {
      const named = exportMemories(
        await paused(clampSteps(module, limits, index, tableMaxima[index]), pause),
        index,
      )
      memories.push(named.names)
      const keeps = options.snapshot === true && !linked.unused.has(index)
      const exported = keeps ? await paused(exportStateSteps(named.bytes, index), pause) : undefined
      const saved = exported?.bytes ?? named.bytes
      const clamped =
        options.fuel === 'functions' ? await paused(countFunctionsSteps(saved, index), pause) : saved
      states.push(exported?.state ?? null)
      const { total, long } = await paused(compileCostSteps(clamped, index), pause)
      cost += total
      if (cost > maxCost) throw errors.COMPILE_COST_EXCEEDED({ module: index, value: cost, max: maxCost })
      footprints.push(footprintOf(clamped, index))
      hasDebugInformation ||= hasDebugSections(clamped, index)
      if (linked.unused.has(index)) {
        compiling.push(Promise.resolve(null))
        continue
      }
      const compiled = compileModule(clamped, index, {
        ...{ cost: total, long, options, platform },
        original: checked.coreModules[index]!.bytes,
      })
      // Waited for below, where the first one that fails is heard of.
      compiled.catch(() => {})
      compiling.push(compiled)
      await pause?.()
    }
    const modules = await Promise.all(compiling)
    const { root } = linked.checked
    const kept = async (allocate = privateBytes) => ({
      root,
      customSections: await paused(copiedSections(checked, allocate), pause),
    })
    const content =
      checked.weight > MAX_WEIGHT
        ? { bytes: await paused(copied(own, allocate?.(own.length)), pause) }
        : await kept(allocate)
    const transferred = { content, modules, memories, states, footprints, options }
    return new Component(await kept(), transferred, hasDebugInformation)
  }

  /** Makes the component of another thread usable here, without compiling again. */
  static revive(transferred: TransferredComponent): Component {
    const { content, options } = transferred
    return new Component('bytes' in content ? decodedAgain(content.bytes, options) : content, transferred)
  }

  /** By the exact names of the binary, with full types. */
  get imports(): ReadonlyMap<string, ExternType> {
    return this.#decoded.root.type.imports
  }

  get exports(): ReadonlyMap<string, ExternType> {
    return this.#decoded.root.type.exports
  }

  get customSections(): readonly CustomSection[] {
    return this.#decoded.customSections
  }

  /** For `postMessage` to a worker, and `Component.revive` there. */
  transfer(): TransferredComponent {
    return this.#transferred
  }

  /**
   * Instantiates the component. All imports are looked up before any of its code runs.
   * @throws {MISSING_IMPORT | WRONG_IMPORT | LINK_FAILED | GUEST_TRAP | HOST_FUNCTION_FAILED | LIMIT_EXCEEDED |
   *   SNAPSHOT_UNUSABLE}
   */
  instantiate(imports: ImportObject = {}, options: InstantiateOptions = {}): Instance {
    const { memories, states, footprints, options: compiled } = this.#transferred
    // Who was left bytes has compiled them.
    const modules = this.#transferred.modules as readonly (CoreModule | null)[]
    const { root } = this.#decoded
    const { fuel = false, snapshot = false } = compiled
    return new Instance({ root, modules, memories, states, footprints, fuel, snapshot, imports, options })
  }
}

/** It would start again where an instance goes on. @throws {SNAPSHOT_UNSUPPORTED} */
function refuseStart({ definitions }: ComponentDefinition): void {
  for (const definition of definitions) {
    if (definition.op === 'component') refuseStart(definition.component)
    if (definition.op === 'start')
      throw errors.SNAPSHOT_UNSUPPORTED({ reason: 'the component has a start function' })
  }
}

/** Of a component that is sent as it was decoded: a millisecond. That of a JavaScript engine with all of WASI has a third. */
const MAX_WEIGHT = 1 << 20

/** What a byte of a component may cost to compile, on the average; it is 2 where all of it is the code of a compiler. */
const COST_OF_A_BYTE = 2

/** Calls by way of a shim use fuel, so there they go that way. */
function bound(checked: CheckedComponent, { fuel }: CompileOptions): Bound {
  return fuel ? { checked, unused: new Set() } : bindShims(checked)
}

function decodedAgain(bytes: Uint8Array, options: CompileOptions): DecodedComponent {
  const checked = decodeComponent(bytes, options.limits)
  refuseTypesOnly(checked)
  return { root: bound(checked, options).checked.root, customSections: checked.customSections }
}

/** As they are rewritten. */
export function coreModules(checked: CheckedComponent): readonly Uint8Array[] {
  return computesConstants() ? checked.coreModules.map(({ bytes }) => bytes) : lowerConstants(checked)
}
