import type { CompileLimits } from '../binary/index.js'
import type { CoreModule } from '../engine-types.js'
import type { ClampLimits, Fuel } from '../limits/index.js'

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
  /**
   * Leave code as it is, and debug information with it, for a debugger of the engine. A thread that runs the component can be ended
   * later then; with `fuel` the debug information does not hold. @default false
   */
  readonly stepping?: boolean
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
  /** Of the first core module, for a debugger: with `stepping`. */
  readonly sourceMap?: string | undefined
  /** Leaves core modules to be compiled in another process, see `compileTransferred`. @default false */
  readonly leavesModules?: boolean
}
