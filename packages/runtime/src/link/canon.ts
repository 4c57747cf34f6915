import { suspendableHostCall } from '../abi/closures/call-host.js'
import { abiTrap, FuncContext, type Realloc } from '../abi/func-context.js'
import type { GuestFunc } from '../abi/functions.js'
import type { ComponentState } from '../abi/instance-state.js'
import type { CoreFunc } from '../abi/js-value.js'
import { lazy } from '../abi/lazy.js'
import { makeEntry, makeHostCall, makeInnerCall } from '../abi/make-call.js'
import { GuestMemory } from '../abi/memory.js'
import type { RuntimeResource } from '../abi/resource.js'
import { resourceDrop, resourceNew, resourceRep } from '../abi/resources.js'
import type { CanonOptions, Definition } from '../binary/definition.js'
import { flattenFunc } from '../types/index.js'
import type { Frame } from './frame.js'

/** `canon lift`. */
export function liftFunc(frame: Frame, { coreFunc, type, options }: Definition & { op: 'lift' }): void {
  const arity = type.params.length
  const func: GuestFunc = {
    kind: 'guest',
    type,
    cx: contextOf(frame, options),
    core: frame.coreFuncs[coreFunc]!,
    postReturn: options.postReturn === null ? null : frame.coreFuncs[options.postReturn]!,
    name: 'function',
    fromHost: lazy(arity, () => makeEntry(func)),
    fromGuest: lazy(arity, () => makeInnerCall(func)),
  }
  frame.funcs.push({ kind: 'func', func })
}

/** `canon lower`. */
export function lowerFunc(frame: Frame, { func, type, options }: Definition & { op: 'lower' }): void {
  const { store } = frame.state
  const { jspi } = store
  const target = frame.funcs[func]!.func
  if (target.kind === 'guest' && target.cx.instance.isRelatedTo(frame.state)) {
    // The explanation of the ABI would let a component wrap another; its tests, and the hosts, have it a trap for now.
    const reason =
      'it cannot enter a component instance that is nested in its own, or that its own is nested in'
    frame.coreFuncs.push(() => store.abort(abiTrap(reason)))
    return
  }
  const lowering = () => ({ func: target, type, cx: contextOf(frame, options) })
  if (jspi !== null) {
    frame.coreFuncs.push(jspi.suspending(suspendableHostCall(lowering())))
    return
  }
  const arity = flattenFunc(type, 'lower').core.params.length
  const make = () => makeHostCall(lowering())
  frame.coreFuncs.push(lazy(arity, make))
}

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
