import { asEntry } from '../abi/area/index.js'
import { abiTrap, FuncContext, type Realloc } from '../abi/func-context.js'
import type { GuestFunc } from '../abi/functions.js'
import type { ComponentState } from '../abi/instance-state.js'
import type { CoreFunc, JsFunc } from '../abi/js-value.js'
import type { SuspendableFunc } from '../abi/jspi.js'
import { lazy } from '../abi/lazy.js'
import { makeEntry, makeHostCall, makeInnerCall, makeSuspendableCall } from '../abi/make-call.js'
import { GuestMemory } from '../abi/memory.js'
import type { RuntimeResource } from '../abi/resource.js'
import { resourceDrop, resourceNew, resourceRep } from '../abi/resources.js'
import type { CanonOptions, Definition } from '../binary/definition.js'
import { type FuncType, flattenFunc } from '../types/index.js'
import type { Frame } from './frame.js'

/** `canon lift`. */
export function liftFunc(frame: Frame, definition: Definition & { op: 'lift' }): void {
  frame.funcs.push({ kind: 'func', func: new LiftedFunc(frame, definition) })
}

/** Most functions of a plugin are never called, so what a call takes is made when it is asked for. */
class LiftedFunc implements GuestFunc {
  readonly kind = 'guest'
  readonly type: FuncType
  readonly core: CoreFunc
  readonly postReturn: CoreFunc | null
  name = 'function'
  private context: FuncContext | undefined
  private entry: JsFunc | undefined
  private inner: JsFunc | undefined
  private readonly options: CanonOptions

  constructor(
    private readonly frame: Frame,
    { coreFunc, type, options }: Definition & { op: 'lift' },
  ) {
    this.type = type
    this.core = frame.coreFuncs[coreFunc]!
    this.postReturn = options.postReturn === null ? null : frame.coreFuncs[options.postReturn]!
    this.options = options
  }

  get cx(): FuncContext {
    this.context ??= contextOf(this.frame, this.options)
    return this.context
  }

  get fromHost(): JsFunc {
    this.entry ??= asEntry(
      lazy(this.type.params.length, () => makeEntry(this)),
      this,
    )
    return this.entry
  }

  get fromGuest(): JsFunc {
    this.inner ??= lazy(this.type.params.length, () => makeInnerCall(this))
    return this.inner
  }
}

/** `canon lower`. */
export function lowerFunc(frame: Frame, definition: Definition & { op: 'lower' }): void {
  frame.coreFuncs.push(lowered(frame, definition, (make) => make))
}

type Make = () => SuspendableFunc

/** The function of a `canon lower`. What it is made of has to be there when it is called first, where `when` has a say. */
export function lowered(
  frame: Frame,
  { func, type, options }: Definition & { op: 'lower' },
  when: (make: Make) => Make,
): CoreFunc {
  const { store } = frame.state
  const { jspi } = store
  const make = when(() => {
    const target = frame.funcs[func]!.func
    if (target.kind === 'guest' && target.cx.instance.isRelatedTo(frame.state))
      return () => store.abort(abiTrap(RELATED))
    const lowering = { func: target, type, cx: contextOf(frame, options) }
    return jspi === null ? makeHostCall(lowering) : makeSuspendableCall(lowering)
  })
  const { core } = flattenFunc(type, 'lower')
  const call = lazy(core.params.length, make)
  return jspi === null ? call : jspi.suspending(call, core)
}

/** The explanation of the ABI would let a component wrap another; its tests, and the hosts, have it a trap for now. */
const RELATED = 'it cannot enter a component instance that is nested in its own, or that its own is nested in'

/** A `resource` definition: fresh for each instantiation. */
export function defineResource(
  frame: Frame,
  { resource, destructor }: Definition & { op: 'resource' },
): void {
  const runtime: RuntimeResource = {
    name: resource.name,
    owner: frame.state,
    destructor: destructor === null ? null : (frame.coreFuncs[destructor] as RuntimeResource['destructor']),
    hostClass: null,
    guestClass: null,
    construct: null,
  }
  frame.resources.set(resource, runtime)
  frame.linkage.kept.resources.push(runtime)
  frame.types.push({ kind: 'type', resource: runtime })
}

/** `canon resource.new`, `resource.rep` and `resource.drop`. */
export function resourceIntrinsic(
  frame: Frame,
  { op, resource: type }: Definition & { op: 'resource-new' | 'resource-rep' | 'resource-drop' },
): void {
  const { state } = frame
  const { store } = state
  const run = INTRINSICS[op]
  const resource = frame.resources.get(type)!
  const mayRunLocked = op === 'resource-rep'
  const core = (value: number): number | undefined => {
    if (store.locked && !mayRunLocked) store.refuseLeave()
    try {
      return run(state, resource, value)
    } catch (error) {
      return store.abort(error)
    }
  }
  frame.coreFuncs.push(core as CoreFunc)
}

type Intrinsic = (instance: ComponentState, resource: RuntimeResource, value: number) => number | undefined

const INTRINSICS: Readonly<Record<'resource-new' | 'resource-rep' | 'resource-drop', Intrinsic>> = {
  'resource-new': resourceNew,
  'resource-rep': resourceRep,
  'resource-drop': (instance, resource, index) => {
    resourceDrop(instance, resource, index)
    return undefined
  },
}

const NO_MEMORY = new GuestMemory(null)

function contextOf(frame: Frame, { encoding, memory, realloc }: CanonOptions): FuncContext {
  return new FuncContext({
    instance: frame.state,
    memory: memory === null ? NO_MEMORY : frame.coreMemories[memory]!,
    realloc: realloc === null ? null : (frame.coreFuncs[realloc] as Realloc),
    encoding,
    resources: frame.resources,
  })
}
