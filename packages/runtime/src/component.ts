import {
  type CheckedComponent,
  type CompileLimits,
  type ComponentDefinition,
  type CustomSection,
  decodeComponent,
  decodeSteps,
  defaultCompileLimits,
  refuseTypesOnly,
} from './binary/index.js'
import type { CoreModule } from './engine-types.js'
import { errors, shownEngineError } from './errors/index.js'
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
  type Fuel,
  footprintOf,
  hasDebugSections,
  lowerConstants,
  type ModuleState,
  rewriteSteps,
  shareTables,
} from './limits/index.js'
import type { ImportObject } from './link/imports.js'
import { type Bound, bindShims } from './link/shim/bind.js'
import type { ExternType } from './types/index.js'

export interface CompileOptions {
  /** What the file may look like. */
  readonly limits?: Partial<CompileLimits>
  /** What each core module may allocate; defaults of `InstanceLimits`. */
  readonly memory?: Partial<ClampLimits>
  /**
   * Meter the core modules, so that `instantiate` takes a budget of fuel. Costs some speed. With `'functions'`, which costs more,
   * each function counts what it uses: `instance.fuel.functions`. @default false
   */
  readonly fuel?: Fuel
  /**
   * Have instances that can be saved, and go on in others: see `Instance.save`. @default false
   */
  readonly snapshot?: boolean
}

/**
 * Called between the steps of compiling, which a component can make many. What it returns is waited for, so that the
 * thread that compiles can do other work meanwhile.
 */
export type Pause = () => Promise<void> | undefined

/** What the caller has for compiling a large component without holding the thread that it is in. */
export interface CompilePlatform {
  readonly pause?: Pause
  /**
   * Compiles a core module that nobody writes to any more, or answers undefined and leaves it to this thread. What it
   * rejects with is the reason of a refusal.
   */
  readonly compileModule?: (bytes: Uint8Array) => Promise<CoreModule | undefined>
  /** The memory for bytes that are transferred: shared, they are copied for no thread. @default `new Uint8Array(length)` */
  readonly allocate?: (length: number) => Uint8Array
  /** Leaves core modules to be compiled in another process, see `compileTransferred`. @default false */
  readonly leavesModules?: boolean
}

/** A component in a form that `postMessage` takes. Compiled modules are shared with the receiver, not copied. */
export interface TransferredComponent {
  /** The component as it was decoded or, where that is large, as it is: to decode it again holds no other thread. */
  readonly content: DecodedComponent | { readonly bytes: Uint8Array }
  /** Null for one that is not instantiated; bytes for one that is left to be compiled. */
  readonly modules: readonly (CoreModule | Uint8Array | null)[]
  /** The names by which each of the modules exports the linear memories that it defines. */
  readonly memories: readonly (readonly string[])[]
  /** The same of what else they keep, where that is to be saved. */
  readonly states: readonly (ModuleState | null)[]
  /** Of each of the modules. */
  readonly footprints: readonly Footprint[]
  readonly options: CompileOptions
}

export interface DecodedComponent {
  readonly root: ComponentDefinition
  readonly customSections: readonly CustomSection[]
}

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
      const compiled = compileModule(clamped, index, { cost: total, long, options, platform })
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

/** Bytes that are copied in one step. */
const CHUNK = 1 << 20

function privateBytes(length: number): Uint8Array {
  return new Uint8Array(length)
}

function* copied(
  bytes: Uint8Array,
  copy: Uint8Array = privateBytes(bytes.length),
): Generator<void, Uint8Array> {
  for (let at = 0; at < copy.length; at += CHUNK) {
    copy.set(bytes.subarray(at, at + CHUNK), at)
    yield
  }
  return copy
}

/** In memory of their own, so that nothing keeps the modules, which are compiled. */
function* copiedSections(
  { customSections }: CheckedComponent,
  allocate: (length: number) => Uint8Array,
): Generator<void, CustomSection[]> {
  const memory = allocate(customSections.reduce((sum, { bytes }) => sum + bytes.length, 0))
  const sections: CustomSection[] = []
  let at = 0
  for (const { name, bytes } of customSections) {
    const end = at + bytes.length
    sections.push({ name, bytes: yield* copied(bytes, memory.subarray(at, end)) })
    at = end
  }
  return sections
}

/** Takes steps, and pauses between them. */
async function paused<T>(steps: Generator<void, T, void>, pause: Pause | undefined): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    const waiting = pause?.()
    if (waiting !== undefined) await waiting
  }
}

interface Compiling {
  /** What it takes to compile it, see `compileCostSteps`. */
  readonly cost: number
  /** Offsets behind long instructions, before they are moved. */
  readonly long: readonly number[]
  readonly options: CompileOptions
  readonly platform: CompilePlatform
}

async function compileModule(
  clamped: Uint8Array,
  index: number,
  { cost, long, options, platform }: Compiling,
): Promise<CoreModule | Uint8Array> {
  const { pause, compileModule: compileElsewhere, leavesModules } = platform
  const rewriting = { long, fuel: options.fuel ?? false, module: index }
  const { bytes: rewritten } = await paused(rewriteSteps(clamped, rewriting), pause)
  if (leavesModules) return rewritten
  return await compiledBy(index, async () => {
    const compiled = (await compileElsewhere?.(rewritten)) ?? compileSmall(rewritten, cost)
    return compiled ?? (await WebAssembly.compile(rewritten as Uint8Array<ArrayBuffer>))
  })
}

/**
 * In a process that has what another one checked and left to be compiled: the same, to be revived.
 *
 * @throws {INVALID_CORE_MODULE}
 */
export async function compileTransferred(left: TransferredComponent): Promise<TransferredComponent> {
  const compiling = left.modules.map((module, index) =>
    module instanceof Uint8Array
      ? compiledBy(index, () => WebAssembly.compile(module as Uint8Array<ArrayBuffer>))
      : module,
  )
  return { ...left, modules: await Promise.all(compiling) }
}

async function compiledBy(index: number, compile: () => Promise<CoreModule>): Promise<CoreModule> {
  try {
    return await compile()
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it was refused'
    throw errors.INVALID_CORE_MODULE({ module: index, reason }, shownEngineError(error))
  }
}

/** What is compiled at once takes some hundred microseconds, which is less than to have another thread do it. */
const SMALL = { bytes: 65_536, cost: 131_072 }

function compileSmall(bytes: Uint8Array, cost: number): CoreModule | undefined {
  if (bytes.length > SMALL.bytes || cost > SMALL.cost) return undefined
  try {
    return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)
  } catch (error) {
    // Browsers refuse that in a page, by the size.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
