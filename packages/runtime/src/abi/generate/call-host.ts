import { type FuncType, flattenFunc, type TupleType } from '../../types/index.js'
import { hasBorrow, isRead, usesMemory } from '../features.js'
import type { FuncContext } from '../func-context.js'
import type { ComponentFunc, Lowering } from '../functions.js'
import type { CoreFunc, JsFunc } from '../js-value.js'
import { isQuick } from '../quick.js'
import { type LiftString, type LowerString, liftString, lowerString } from '../strings/index.js'
import { isWasi } from '../wasi-name.js'
import { checkPointer } from './call-guest.js'
import { checkText } from './check.js'
import { FlatNames, type FlatText, liftFlat, lowerFlat } from './flat.js'
import { Generator } from './generator.js'
import { loadText } from './load.js'
import { storeText } from './store.js'

/** What one instance binds the code of a call out of it to. */
interface Env {
  readonly func: ComponentFunc
  readonly cx: FuncContext
  readonly store: FuncContext['store']
  readonly memory: FuncContext['memory']
  readonly call: JsFunc | null
  readonly self: unknown
  readonly member: string
  readonly maxBytes: number
  readonly maxValues: number
  readonly price: number
  readonly quick: boolean
  readonly liftString: LiftString
  readonly lowerString: LowerString
}

type Form = 'guest' | 'function' | 'constructor' | 'method'
/** Names of the code, by which a profile tells where the time went; see `CALLS_OUT` of what hosts share. */
type Callee = 'callGuest' | 'callWasi' | 'callApplication'
type Factory = (env: Env) => CoreFunc

/** The core function through which a guest calls out, as `closureHostCall`. @throws {TooLarge} */
export function generatedHostCall({ func, type, cx }: Lowering): CoreFunc {
  const { store, memory, encoding } = cx
  const form = func.kind === 'guest' ? 'guest' : func.target.form
  return factoryOf(
    type,
    form,
    memosOf(calleeOf(func), store.fuel !== null),
  )({
    func,
    cx,
    store,
    memory,
    ...reach(func),
    maxBytes: store.limits.valueBytes,
    maxValues: store.limits.liftedValues,
    price: store.price(func.kind === 'host' ? func.name : null),
    quick: func.kind === 'host' && func.target.form === 'function' && isQuick(func.target.call),
    liftString: liftString[encoding],
    lowerString: lowerString[encoding],
  })
}

function calleeOf(func: ComponentFunc): Callee {
  if (func.kind === 'guest') return 'callGuest'
  return isWasi(func.name) ? 'callWasi' : 'callApplication'
}

/** Code that was generated for functions of one name, in guests that have fuel or have none. */
interface Memos {
  readonly callee: Callee
  readonly isMetered: boolean
  readonly byForm: Readonly<Record<Form, WeakMap<FuncType, Factory>>>
}

const emptyMemos = (callee: Callee, isMetered: boolean): Memos => ({
  callee,
  isMetered,
  byForm: {
    guest: new WeakMap(),
    function: new WeakMap(),
    constructor: new WeakMap(),
    method: new WeakMap(),
  },
})

const CALLEES: readonly Callee[] = ['callGuest', 'callWasi', 'callApplication']
const memos = [false, true].flatMap((isMetered) => CALLEES.map((callee) => emptyMemos(callee, isMetered)))

function memosOf(callee: Callee, isMetered: boolean): Memos {
  return memos.find((of) => of.callee === callee && of.isMetered === isMetered) as Memos
}

function factoryOf(type: FuncType, form: Form, ...[memo]: [Memos]): Factory {
  const { callee, isMetered, byForm } = memo
  let factory = byForm[form].get(type)
  if (factory === undefined) {
    factory = generate(type, form, { callee, isMetered })
    byForm[form].set(type, factory)
  }
  return factory
}

function reach(func: ComponentFunc): Pick<Env, 'call' | 'self' | 'member'> {
  if (func.kind === 'guest') return { call: func.fromGuest, self: undefined, member: '' }
  const { target } = func
  switch (target.form) {
    case 'function':
      return { call: target.call, self: target.self, member: '' }
    case 'constructor':
      return { call: target.hostClass, self: undefined, member: '' }
    case 'method':
      return { call: null, self: undefined, member: target.member }
  }
}

function generate(
  type: FuncType,
  form: Form,
  { callee, isMetered }: Pick<Memos, 'callee' | 'isMetered'>,
): Factory {
  const g = new Generator()
  const core = flattenFunc(type, 'lower').core.params.map((_, i) => `c${i}`)
  const args = type.params.map((_, i) => `a${i}`)
  const memory = usesMemory(type)
  const lifted = liftParams(g, type, core)
  const lowered = lowerResult(g, type, core)
  const reads = form !== 'guest' && type.result !== null && isRead(type.result)
  const main = `function ${callee}(${core.join(', ')}) {
    if (store.locked) store.refuseLeave();
    ${reads ? 'let returned = false;' : ''}
    try {
      ${isMetered ? 'store.callOut(price, quick);' : ''}
      ${memory ? 'memory.sync(); store.budget = maxValues;' : ''}
      ${hasBorrow(type) ? 'store.subtask = null;' : ''}
      ${lifted}
      ${hasBorrow(type) ? 'const { subtask } = store;' : ''}
      let r;
      ${callText(type, form, args)}
      ${form === 'guest' ? '' : checkResult(g, type)}
      ${reads ? 'returned = true;' : ''}
      ${hasBorrow(type) ? 'subtask?.end();' : ''}
      ${memory ? 'memory.sync();' : ''}
      ${lowered}
    } catch (error) {
      return store.abort(${reads ? 'returned ? unreadableResult(func, error) : error' : 'error'});
    }
  }`
  return g.source.compile<Env, CoreFunc>(ENV, main)
}

const ENV: (keyof Env)[] = [
  'func',
  'cx',
  'store',
  'memory',
  'call',
  'self',
  'member',
  'maxBytes',
  'maxValues',
  'price',
  'quick',
  'liftString',
  'lowerString',
]

function liftParams(g: Generator, type: FuncType, ...[core]: [readonly string[]]): string {
  if (flattenFunc(type, 'lower').paramsInMemory) {
    const tuple: TupleType = { kind: 'tuple', items: type.params.map((param) => param.type) }
    const names = type.params.map((_, i) => `a${i}`).join(', ')
    return `const [${names}] = ${argsLoader(g, tuple)}(c0 >>> 0);`
  }
  const source = new FlatNames(core)
  return type.params
    .map((param, i) => {
      const out: FlatText = { statements: '', values: [] }
      const text = liftFlat(g, param.type, source, out)
      return `${out.statements} const a${i} = ${text};`
    })
    .join('\n')
}

function argsLoader(g: Generator, tuple: TupleType): string {
  const load = loadText(g, tuple, 'p')
  return g.source.helper('p', `${checkPointer(tuple)} return ${load}`)
}

/** Statements that leave the outcome in `r`: of a `result` as a tagged value, as its codec takes it. */
function callText(type: FuncType, form: Form, ...[args]: [readonly string[]]): string {
  const call = expression(form, args)
  const threw = form === 'guest' ? 'guestThrew(error)' : 'hostThrew(func, error)'
  if (type.result?.kind !== 'result') return `try { r = ${call} } catch (error) { ${threw} }`
  return `try { r = { tag: 'ok', val: ${call} } } catch (error) { r = ${threw} }`
}

function expression(form: Form, args: readonly string[]): string {
  switch (form) {
    case 'guest':
      return `call(${args.join(', ')})`
    case 'function':
      return `call.call(${['self', ...args].join(', ')})`
    case 'constructor':
      return `new call(${args.join(', ')})`
    case 'method':
      return `a0[member](${args.slice(1).join(', ')})`
  }
}

function checkResult(g: Generator, { result }: FuncType): string {
  if (result === null) return 'if (r !== undefined) requireHostResult(cx, func, r);'
  const bare = result.kind === 'result' ? 'r.val' : 'r'
  const check = `${checkText(g, result, 'r')} && !isPromise(${bare})`
  return isRead(result)
    ? `let fits = false; try { fits = ${check}; } catch {} if (!fits) requireHostResult(cx, func, r);`
    : `if (!(${check})) requireHostResult(cx, func, r);`
}

function lowerResult(g: Generator, type: FuncType, ...[core]: [readonly string[]]): string {
  const { result } = type
  if (result === null) return ''
  if (flattenFunc(type, 'lower').resultInMemory) {
    const store = storeText(g, result, 'p', 'r')
    return `const p = ${core.at(-1)} >>> 0; ${checkPointer(result)} let { view } = memory; ${store}`
  }
  const out: FlatText = { statements: '', values: [] }
  lowerFlat(g, result, 'r', out)
  return `${out.statements} return ${out.values[0]};`
}
