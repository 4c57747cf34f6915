import { alignOf, sizeOf, type ValueType } from '../../types/index.js'
import { codecOf } from '../closures/index.js'
import { isPlain } from '../features.js'
import type { FuncContext } from '../func-context.js'
import { checkText } from '../generate/check.js'
import { Generator } from '../generate/generator.js'
import { loadText } from '../generate/load.js'
import { canGenerate, TooLarge } from '../generate/source.js'
import { storeText } from '../generate/store.js'
import type { JsValue } from '../js-value.js'
import { findMismatch } from '../mismatch.js'
import { type LiftString, type LowerString, liftString } from '../strings/index.js'
import type { ValueArea } from './area.js'

/** How values of one type are written to an area and read from it. */
export interface AreaCodec {
  /**
   * Where the value is in the area from now on; -1 where it is not of its type, cannot be read, or has no room: another way
   * says so, or takes it, and nothing of it is left.
   */
  write(value: unknown): number
  /** The value that was written there. @throws {LIMIT_EXCEEDED} it is more than `liftedValues` */
  read(at: number): unknown
}

/**
 * The codec of `type` in `area`; null for a type with handles, which mean something to their own instance only.
 *
 * @param isHot worth the time to generate code, where that is allowed; what is written is the same
 */
export function areaCodec(type: ValueType, area: ValueArea, isHot: boolean): AreaCodec | null {
  if (!isPlain(type)) return null
  const { write, read } = isHot ? generated(type, area) : closures(type, area.cx)
  return {
    write(value) {
      const { end } = area
      let at = -1
      try {
        at = write(value)
      } catch {}
      if (at < 0) area.rewind(end)
      return at
    },
    read,
  }
}

/** The code for each way is made when it goes that way first: either side of an area only writes a type or only reads it. */
function generated(type: ValueType, area: ValueArea): AreaCodec {
  if (!canGenerate()) return closures(type, area.cx)
  let write: AreaCodec['write'] = (value) => {
    write = bound(writers, type, area) ?? closures(type, area.cx).write
    return write(value)
  }
  let read: AreaCodec['read'] = (at) => {
    read = bound(readers, type, area) ?? closures(type, area.cx).read
    return read(at)
  }
  return { write: (value) => write(value), read: (at) => read(at) }
}

/** What the code of a type is bound to. */
interface Env {
  readonly cx: FuncContext
  readonly store: FuncContext['store']
  readonly memory: FuncContext['memory']
  readonly maxBytes: number
  readonly maxValues: number
  readonly liftString: LiftString
  readonly lowerString: LowerString
}

const ENV: (keyof Env)[] = ['cx', 'store', 'memory', 'maxBytes', 'maxValues', 'liftString', 'lowerString']

/** The code of types, for one way; null for those that are too large to generate code for. */
interface Factories<F> {
  readonly known: WeakMap<ValueType, ((env: Env) => F) | null>
  readonly text: (g: Generator, type: ValueType) => string
}

const writers: Factories<AreaCodec['write']> = {
  known: new WeakMap(),
  text(g, type) {
    const check = checkText(g, type, 'v')
    const store = storeText(g, type, 'q', 'v')
    return `(v) => {
      if (!${check}) return -1;
      const q = cx.alloc(${sizeOf(type)}, ${alignOf(type)});
      let { view } = memory;
      ${store}
      return q;
    }`
  },
}

const readers: Factories<AreaCodec['read']> = {
  known: new WeakMap(),
  text: (g, type) => `(p) => {
    store.budget = maxValues;
    const { view } = memory;
    return ${loadText(g, type, 'p')};
  }`,
}

function bound<F>({ known, text }: Factories<F>, type: ValueType, area: ValueArea): F | undefined {
  let factory = known.get(type)
  if (factory === undefined) {
    factory = generate<F>((g) => text(g, type))
    known.set(type, factory)
  }
  const { cx, lowerString } = area
  const { store, memory, encoding } = cx
  const { valueBytes: maxBytes, liftedValues: maxValues } = store.limits
  return factory?.({
    cx,
    store,
    memory,
    maxBytes,
    maxValues,
    liftString: liftString[encoding],
    lowerString,
  })
}

function generate<F>(text: (g: Generator) => string): ((env: Env) => F) | null {
  const g = new Generator()
  try {
    return g.source.compile<Env, F>(ENV, text(g))
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

/** The same without generated code. */
function closures(type: ValueType, cx: FuncContext): AreaCodec {
  const codec = codecOf(type)
  return {
    write(value: JsValue) {
      if (findMismatch(cx, type, value) !== null) return -1
      const at = cx.alloc(sizeOf(type), alignOf(type))
      codec.store(cx, at, value)
      return at
    },
    read(at) {
      cx.store.budget = cx.store.limits.liftedValues
      return codec.load(cx, at)
    },
  }
}
