import {
  type AreaCodec,
  areaCodec,
  type CallAreas,
  type FuncType,
  type TupleType,
  type ValueArea,
  type ValueType,
} from '@wasm-plugin/runtime/internal'
import type { Written } from './written.js'

/** Where the values of one kind of call are: the plugin's functions, or the application's. */
export interface Sides {
  /** Of who calls. */
  readonly args: Written
  /** Of who is called. */
  readonly result: Written
}

/** How the calls of one function go over a lane. */
export interface FunctionCodec {
  /** Of the arguments, as an array. */
  readonly args: AreaCodec
  /** Of what it returns; of a `result`, the value of `ok`. */
  readonly value: AreaCodec
  /** Of the value of `err`. */
  readonly err: AreaCodec
  /** Where those are. */
  readonly areas: CallAreas
  /** It is called often enough for code of its own. */
  readonly isHot: boolean
}

/** Calls after which code is generated for a function: most are called a few times. */
const COLD_CALLS = 10

/** The codecs of the functions of a contract. */
export class FunctionCodecs {
  readonly #sides: Sides
  /** By the index of the function. */
  readonly #known: { calls: number; codec: FunctionCodec | null }[] = []

  constructor(sides: Sides) {
    this.#sides = sides
  }

  /** For one call; null for a function with handles, which goes by message. */
  of(index: number, typeOf: (index: number) => FuncType): FunctionCodec | null {
    const known = this.#known[index]
    if (known === undefined) {
      const codec = functionCodec(typeOf(index), this.#sides, false)
      this.#known[index] = { calls: 1, codec }
      return codec
    }
    if (known.calls < COLD_CALLS && ++known.calls === COLD_CALLS)
      known.codec = functionCodec(typeOf(index), this.#sides, true)
    return known.codec
  }
}

function functionCodec(type: FuncType, sides: Sides, isHot: boolean): FunctionCodec | null {
  const [ok, err] = type.result?.kind === 'result' ? [type.result.ok, type.result.err] : [type.result, null]
  const tuple = type.params.length === 0 ? null : tupleOf(type)
  const areas = { args: sides.args.areaOf(tuple), result: sides.result.areaOf(type.result) }
  const codecs = {
    args: tuple === null ? NO_ARGUMENTS : areaCodec(tuple, areas.args, isHot),
    value: codecOf(ok, areas.result, isHot),
    err: codecOf(err, areas.result, isHot),
    areas,
    isHot,
  }
  return codecs.args && codecs.value && codecs.err && (codecs as FunctionCodec)
}

function codecOf(type: ValueType | null, area: ValueArea, isHot: boolean): AreaCodec | null {
  return type === null ? NOTHING : areaCodec(type, area, isHot)
}

const NO_ARGUMENTS: AreaCodec = { write: () => 0, read: () => [] }
const NOTHING: AreaCodec = { write: () => 0, read: () => undefined }

/** One per function type, since the code of a codec is kept by the type. */
const tuples = new WeakMap<FuncType, TupleType>()

function tupleOf(type: FuncType): TupleType {
  let tuple = tuples.get(type)
  if (tuple === undefined) {
    tuple = { kind: 'tuple', items: type.params.map((param) => param.type) }
    tuples.set(type, tuple)
  }
  return tuple
}
