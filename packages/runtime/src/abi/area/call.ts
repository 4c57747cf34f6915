import {
  alignOf,
  casesOf,
  childTypes,
  type FuncType,
  fieldOffsets,
  flattenFunc,
  payloadOffset,
  sizeOf,
  type TupleType,
  type ValueType,
} from '../../types/index.js'
import { isPlain, usesMemory } from '../features.js'
import type { FuncContext } from '../func-context.js'
import type { GuestFunc } from '../functions.js'
import { checkPointer, liftResult, POST_RETURN } from '../generate/call-guest.js'
import type { FlatText } from '../generate/flat.js'
import { Generator } from '../generate/generator.js'
import { plus } from '../generate/load.js'
import { canGenerate, TooLarge } from '../generate/source.js'
import type { CoreFunc } from '../js-value.js'
import { type LiftString, liftString } from '../strings/index.js'
import { weightOf } from '../weight.js'
import type { ValueArea } from './area.js'
import { copyBytes, NO_ROOM, reserve, stringToArea, stringToGuest } from './copy.js'
import { guestOf } from './entry.js'
import { flatFromArea } from './flat-from-area.js'
import { copierToArea, relocateText } from './relocate.js'

/** Where the arguments of a call are, and where its result goes. */
export interface CallAreas {
  readonly args: ValueArea
  readonly result: ValueArea
}

/** What came of a call between areas. */
export interface AreaOutcome {
  /** It is the `err` of a `result`, and `ok` is what other values are. */
  isErr: boolean
  /** Where the value is in the area; -1 where it is in `value`. */
  at: number
  value: unknown
}

/**
 * Calls a guest with the arguments that a codec has written to an area, as a tuple at `at`; faults are thrown. The answer is
 * the same object every time.
 *
 * @param fits whether the result may go to the area
 */
export type AreaCall = (at: number, fits: () => boolean) => AreaOutcome

/**
 * The same call as that of `entry`, an export of an instance, with nothing in JavaScript in between; null where it has to go
 * that way.
 */
export function areaCall(entry: unknown, areas: CallAreas): AreaCall | null {
  const func = guestOf(entry)
  if (func === undefined || !canCopy(func, areas)) return null
  const factory = factoryOf(func.type, func.postReturn !== null)
  if (factory === null) return null
  const { cx, core, postReturn } = func
  const { store, instance, memory, encoding } = cx
  return factory({
    ...{
      cx,
      store,
      instance,
      memory,
      core,
      postReturn,
      copyBytes,
      reserve,
      stringToArea,
      stringToGuest,
      NO_ROOM,
    },
    gate: store,
    args: areas.args,
    area: areas.result,
    from: areas.args.cx.memory.bytes,
    maxValues: store.limits.liftedValues,
    liftString: liftString[encoding],
    out: { isErr: false, at: -1, value: undefined },
  })
}

function canCopy({ type, cx }: GuestFunc, { args }: CallAreas): boolean {
  const { store, encoding, memory } = cx
  if (!store.codeGeneration || !canGenerate() || store.async) return false
  // What is lifted twice, where there is no room, would be paid for twice.
  if (store.fuel !== null) return false
  if (usesMemory(type) && (encoding !== 'utf8' || memory.memory === null)) return false
  if (!childTypes(type).every((part) => isPlain(part))) return false
  // Whatever fits the area is no more than the thread could hold as values.
  const densest = Math.max(1, ...type.params.map((param) => density(param.type)))
  return args.cx.memory.bytes.length * densest <= store.limits.liftedValues
}

/** Values per byte, at most. */
function density(type: ValueType): number {
  let known = densities.get(type)
  if (known === undefined) {
    const own = type.kind === 'list' ? weightOf(type.element) / sizeOf(type.element) : 0
    known = Math.max(own, ...childTypes(type).map(density))
    densities.set(type, known)
  }
  return known
}

const densities = new WeakMap<ValueType, number>()

interface Env {
  readonly cx: FuncContext
  readonly store: FuncContext['store']
  readonly instance: FuncContext['instance']
  readonly memory: FuncContext['memory']
  readonly gate: { busy: boolean }
  readonly core: CoreFunc
  readonly postReturn: CoreFunc | null
  readonly args: ValueArea
  readonly area: ValueArea
  readonly from: Uint8Array
  readonly maxValues: number
  readonly liftString: LiftString
  readonly out: AreaOutcome
  readonly copyBytes: typeof copyBytes
  readonly reserve: typeof reserve
  readonly stringToArea: typeof stringToArea
  readonly stringToGuest: typeof stringToGuest
  readonly NO_ROOM: Error
}

const ENV: (keyof Env)[] = [
  ...(['cx', 'store', 'instance', 'memory', 'gate', 'core', 'postReturn', 'args', 'area', 'from'] as const),
  ...(['maxValues', 'liftString', 'out', 'copyBytes', 'reserve', 'stringToArea', 'stringToGuest'] as const),
  'NO_ROOM',
]

type Factory = (env: Env) => AreaCall

/** Null for types that are too large to generate code for. */
const plain = new WeakMap<FuncType, Factory | null>()
const withPostReturn = new WeakMap<FuncType, Factory | null>()

function factoryOf(type: FuncType, hasPostReturn: boolean): Factory | null {
  const memo = hasPostReturn ? withPostReturn : plain
  let factory = memo.get(type)
  if (factory === undefined) {
    factory = generated(type, hasPostReturn)
    memo.set(type, factory)
  }
  return factory
}

function generated(type: FuncType, hasPostReturn: boolean): Factory | null {
  try {
    return generate(type, hasPostReturn)
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

function generate(type: FuncType, hasPostReturn: boolean): Factory {
  const g = new Generator()
  const memory = usesMemory(type)
  const lowered = lowerArguments(g, type)
  const main = `function (at, fits) {
    if (gate.busy || instance.busy) throw store.refuseEntry();
    gate.busy = true;
    instance.busy = true;
    let value, error = false, to = -1;
    try {
      ${memory ? 'memory.sync();' : ''}
      let r;
      { const { view } = args.cx.memory; ${lowered.statements} r = core(${lowered.values.join(', ')}); }
      if (store.locked) throw store.swallowed();
      ${memory ? 'memory.sync(); store.budget = maxValues;' : ''}
      ${result(g, type)}
      ${hasPostReturn ? POST_RETURN : ''}
    } catch (e) {
      throw store.settle(e);
    }
    instance.busy = false;
    gate.busy = false;
    out.isErr = error; out.at = to; out.value = value;
    return out;
  }`
  return g.source.compile<Env, AreaCall>(ENV, main)
}

function lowerArguments(g: Generator, type: FuncType): FlatText {
  const out: FlatText = { statements: '', values: [] }
  const tuple: TupleType = { kind: 'tuple', items: type.params.map((param) => param.type) }
  if (!flattenFunc(type, 'lift').paramsInMemory) {
    const offsets = fieldOffsets(tuple.items)
    tuple.items.forEach((item, i) => {
      flatFromArea(g, item, plus('at', offsets[i]!), out)
    })
    return out
  }
  const copy = g.source.helper(
    'at',
    `const q = cx.alloc(${sizeOf(tuple)}, ${alignOf(tuple)});
     copyBytes(from, at, memory.bytes, q, ${sizeOf(tuple)});
     let { view } = memory; ${relocateText(g, tuple, 'q', 'guest')} return q`,
  )
  out.values.push(`${copy}(at)`)
  return out
}

/** Statements that leave the result in the area at `to`, or in `value`. */
function result(g: Generator, type: FuncType): string {
  const { result } = type
  if (result === null || !flattenFunc(type, 'lift').resultInMemory) return liftResult(g, type)
  const copy = result.kind === 'result' ? copyOutcome(g, result) : `to = ${copierToArea(g, result)}(p);`
  return `if (fits()) {
      const { end } = area;
      try {
        const p = r >>> 0; ${checkPointer(result)} ${copy}
      } catch (e) {
        if (e !== NO_ROOM) throw e;
        to = -1; error = false; area.rewind(end); store.budget = maxValues;
      }
    }
    if (to < 0) { ${liftResult(g, type)} }`
}

function copyOutcome(g: Generator, type: ValueType & { kind: 'result' }): string {
  const cases = casesOf(type)
  const payload = plus('p', payloadOffset(cases))
  const [ok, err] = cases.map((c) =>
    c.type === null ? 'to = 0;' : `to = ${copierToArea(g, c.type)}(${payload});`,
  )
  return `switch (memory.bytes[p]) {
    case 0: ${ok} break;
    case 1: error = true; ${err} break;
    default: badDiscriminant();
  }`
}
