import {
  alignOf,
  casesOf,
  discriminantSize,
  type FuncType,
  flattenFunc,
  payloadOffset,
  sizeOf,
  type TupleType,
  type ValueType,
} from '../../types/index.js'
import { hasBorrow, isRead, usesMemory } from '../features.js'
import type { FuncContext } from '../func-context.js'
import type { GuestFunc } from '../functions.js'
import type { CoreFunc, JsFunc } from '../js-value.js'
import { type LiftString, type LowerString, liftString, lowerString } from '../strings/index.js'
import { checkText } from './check.js'
import { FlatNames, type FlatText, liftFlat, lowerFlat } from './flat.js'
import { Generator } from './generator.js'
import { loadText, plus } from './load.js'
import { uint } from './scalar.js'
import { storeText } from './store.js'

/** What one instance binds the code of a call into it to. */
interface Env {
  readonly func: GuestFunc
  readonly cx: FuncContext
  readonly store: FuncContext['store']
  readonly instance: FuncContext['instance']
  readonly memory: FuncContext['memory']
  readonly gate: { busy: boolean }
  readonly core: CoreFunc
  readonly postReturn: CoreFunc | null
  readonly maxBytes: number
  readonly maxValues: number
  readonly liftString: LiftString
  readonly lowerString: LowerString
}

type Factory = (env: Env) => JsFunc

/** The JS function that calls `func`, as `closureGuestCall`, in straight-line code. @throws {TooLarge} */
export function generatedGuestCall(func: GuestFunc, gate: { busy: boolean }): JsFunc {
  const { cx, core, postReturn } = func
  const { store, instance, memory, encoding } = cx
  return factoryOf(
    func.type,
    postReturn !== null,
  )({
    func,
    cx,
    store,
    instance,
    memory,
    gate,
    core,
    postReturn,
    maxBytes: store.limits.valueBytes,
    maxValues: store.limits.liftedValues,
    liftString: liftString[encoding],
    lowerString: lowerString[encoding],
  })
}

const plain = new WeakMap<FuncType, Factory>()
const withPostReturn = new WeakMap<FuncType, Factory>()

function factoryOf(type: FuncType, hasPostReturn: boolean): Factory {
  const memo = hasPostReturn ? withPostReturn : plain
  let factory = memo.get(type)
  if (factory === undefined) {
    factory = generate(type, hasPostReturn)
    memo.set(type, factory)
  }
  return factory
}

function generate(type: FuncType, hasPostReturn: boolean): Factory {
  const g = new Generator()
  const args = type.params.map((_, i) => `a${i}`)
  const checks = type.params.map((param, i) => checkText(g, param.type, `a${i}`))
  const memory = usesMemory(type)
  const lowered = lowerParams(g, type)
  const flat = lowered.values.map((_, i) => `flat${i}`)
  const reads = lowered.values.length > 0 && type.params.some((param) => isRead(param.type))
  const main = `function (${args.join(', ')}) {
    ${checkArguments(type, checks, args)}
    if (gate.busy || instance.busy) throw store.refuseEntry();
    gate.busy = true;
    instance.busy = true;
    let value, error${reads ? ', entered = false' : ''};
    try {
      ${hasBorrow(type) ? 'store.task = null;' : ''}
      ${memory ? 'memory.sync();' : ''}
      ${lowered.statements}
      ${reads ? `const ${flat.map((name, i) => `${name} = ${lowered.values[i]}`).join(', ')}; entered = true;` : ''}
      ${hasBorrow(type) ? 'const { task } = store;' : ''}
      const r = core(${(reads ? flat : lowered.values).join(', ')});
      if (store.locked) throw store.swallowed();
      ${memory ? 'memory.sync(); store.budget = maxValues;' : ''}
      { ${liftResult(g, type)} }
      ${hasBorrow(type) ? 'endTask(task);' : ''}
      ${hasPostReturn ? POST_RETURN : ''}
    } catch (e) {
      throw store.settle(${reads ? 'entered ? e : unreadable(func.name + "()", e)' : 'e'});
    }
    instance.busy = false;
    gate.busy = false;
    ${type.result?.kind === 'result' ? 'if (error) throw new ComponentError(value);' : ''}
    return value;
  }`
  return g.source.compile<Env, JsFunc>(ENV, main)
}

/** An object of the host may throw when it is read; whatever is odd about it, the slow check finds. */
function checkArguments(type: FuncType, ...[checks, args]: [readonly string[], readonly string[]]): string {
  if (checks.length === 0) return ''
  const slow = `requireArguments(func, [${args.join(', ')}]);`
  if (!type.params.some((param) => isRead(param.type))) return `if (!(${checks.join(' && ')})) ${slow}`
  return `let fits = false; try { fits = ${checks.join(' && ')}; } catch {} if (!fits) ${slow}`
}

const ENV: (keyof Env)[] = [
  'func',
  'cx',
  'store',
  'instance',
  'memory',
  'gate',
  'core',
  'postReturn',
  'maxBytes',
  'maxValues',
  'liftString',
  'lowerString',
]

export const POST_RETURN = `store.locked = true; postReturn(r);
      if (store.fault !== null) throw store.fault;
      store.locked = false;`

function lowerParams(g: Generator, type: FuncType): FlatText {
  const out: FlatText = { statements: '', values: [] }
  if (!flattenFunc(type, 'lift').paramsInMemory) {
    type.params.forEach((param, i) => {
      lowerFlat(g, param.type, `a${i}`, out)
    })
    return out
  }
  const tuple: TupleType = { kind: 'tuple', items: type.params.map((param) => param.type) }
  const store = g.source.helper(
    'v',
    `const q = cx.alloc(${sizeOf(tuple)}, ${alignOf(tuple)}); let { view } = memory;
     ${storeText(g, tuple, 'q', 'v')} return q`,
  )
  out.values.push(`${store}([${type.params.map((_, i) => `a${i}`).join(', ')}])`)
  return out
}

/** Statements that leave the result in `value`; of a `result`, the payload, with `error` set if it is `err`. */
export function liftResult(g: Generator, type: FuncType): string {
  const { result } = type
  if (result === null) return ''
  if (flattenFunc(type, 'lift').resultInMemory) {
    return `const p = r >>> 0; const { view } = memory; ${checkPointer(result)}
      ${result.kind === 'result' ? loadOutcome(g, result) : `value = ${loadText(g, result, 'p')};`}`
  }
  if (result.kind === 'result') return 'if (r >>> 0 > 1) badDiscriminant(); error = r !== 0;'
  const out: FlatText = { statements: '', values: [] }
  const text = liftFlat(g, result, new FlatNames(['r']), out)
  return `${out.statements} value = ${text};`
}

function loadOutcome(g: Generator, type: ValueType & { kind: 'result' }): string {
  const cases = casesOf(type)
  const payload = plus('p', payloadOffset(cases))
  const [ok, err] = cases.map((c) => (c.type === null ? '' : `value = ${loadText(g, c.type, payload)};`))
  return `switch (${uint(discriminantSize(2)).load('p')}) {
    case 0: ${ok} break;
    case 1: error = true; ${err} break;
    default: badDiscriminant();
  }`
}

export function checkPointer(type: ValueType): string {
  const misaligned = `(p & ${alignOf(type) - 1}) !== 0`
  return `if (${misaligned} || p + ${sizeOf(type)} > memory.bytes.length) badPointer();`
}
