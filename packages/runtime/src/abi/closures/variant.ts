import {
  casesOf,
  discriminantSize,
  type EnumType,
  type FlatType,
  flattenType,
  type OptionType,
  payloadOffset,
  type ResultType,
  type ValueType,
  type VariantType,
} from '../../types/index.js'
import { abiTrap, type FuncContext } from '../func-context.js'
import type { CoreValue, JsValue } from '../js-value.js'
import { narrow, widen } from '../scalars.js'
import { isTaggedOption } from '../tagged-option.js'
import { type Codec, type CodecOf, FlatSource } from './codec.js'

/** How one kind of variant looks in JS. */
interface Shape {
  indexOf(value: JsValue): number
  payloadOf(value: JsValue): JsValue
  make(index: number, payload: JsValue): JsValue
}

export function variantCodec(type: VariantType, codecOf: CodecOf): Codec {
  const indices = new Map(type.cases.map((c, i) => [c.name, i]))
  return taggedCodec(type, codecOf, {
    indexOf: (value) => indices.get(value.tag)!,
    payloadOf: (value) => value.val,
    make(index, val) {
      const { name, type: payload } = type.cases[index]!
      return payload === null ? { tag: name } : { tag: name, val }
    },
  })
}

export function optionCodec(type: OptionType, codecOf: CodecOf): Codec {
  return taggedCodec(type, codecOf, isTaggedOption(type) ? nestedOption : plainOption)
}

export function resultCodec(type: ResultType, codecOf: CodecOf): Codec {
  return taggedCodec(type, codecOf, {
    indexOf: (value) => (value.tag === 'ok' ? 0 : 1),
    payloadOf: (value) => value.val,
    make: (index, val) => ({ tag: index === 0 ? 'ok' : 'err', val }),
  })
}

export function enumCodec(type: EnumType): Codec {
  const { labels } = type
  const indices = new Map(labels.map((label, i) => [label, i]))
  const tag = tagAccess(labels.length)
  const labelOf = (index: number) => labels[index] ?? badDiscriminant(index)
  return {
    load: (cx, p) => labelOf(tag.load(cx.memory.view, p)),
    store: (cx, p, value) => tag.store(cx.memory.view, p, indices.get(value)!),
    lift: (_, flat) => labelOf(flat.next() >>> 0),
    lower: (_, flat, value) => flat.push(indices.get(value)!),
  }
}

const plainOption: Shape = {
  indexOf: (value) => (value === undefined || value === null ? 0 : 1),
  payloadOf: (value) => value,
  make: (_, payload) => payload,
}

/** An option of an option needs a tag to tell `none` from `some(none)`. */
const nestedOption: Shape = {
  indexOf: (value) => (value.tag === 'none' ? 0 : 1),
  payloadOf: (value) => value.val,
  make: (index, val) => (index === 0 ? { tag: 'none' } : { tag: 'some', val }),
}

function taggedCodec(type: VariantType | OptionType | ResultType, codecOf: CodecOf, shape: Shape): Codec {
  const cases = casesOf(type)
  const codecs = cases.map((c) => (c.type === null ? null : codecOf(c.type)))
  const tag = tagAccess(cases.length)
  const offset = payloadOffset(cases)
  const slots = flatSlots(type)
  const payloadSlots = cases.map((c) => (c.type === null ? [] : (flattenType(c.type) ?? [])))

  const caseAt = (index: number) => {
    const codec = codecs[index]
    return codec === undefined ? badDiscriminant(index) : codec
  }
  return {
    load(cx, p) {
      const index = tag.load(cx.memory.view, p)
      const codec = caseAt(index)
      return shape.make(index, codec?.load(cx, p + offset))
    },
    store(cx, p, value) {
      const index = shape.indexOf(value)
      tag.store(cx.memory.view, p, index)
      codecs[index]?.store(cx, p + offset, shape.payloadOf(value))
    },
    lift(cx, flat) {
      const index = flat.next() >>> 0
      const codec = caseAt(index)
      const shared = slots.map(() => flat.next())
      const own = payloadSlots[index]!.map((want, i) => narrow(shared[i], slots[i]!, want))
      return shape.make(index, codec?.lift(cx, new FlatSource(own)))
    },
    lower(cx, flat, value) {
      const index = shape.indexOf(value)
      flat.push(index)
      const own = lowerPayload(cx, codecs[index] ?? null, shape.payloadOf(value))
      const have = payloadSlots[index]!
      slots.forEach((want, i) => {
        flat.push(i < own.length ? widen(own[i], have[i]!, want) : want === 'i64' ? 0n : 0)
      })
    },
  }
}

/** The core values behind the discriminant, shared by all cases; none if the type never passes flat. */
function flatSlots(type: ValueType): readonly FlatType[] {
  return flattenType(type)?.slice(1) ?? []
}

function lowerPayload(cx: FuncContext, codec: Codec | null, payload: JsValue): CoreValue[] {
  const flat: CoreValue[] = []
  codec?.lower(cx, flat, payload)
  return flat
}

interface TagAccess {
  load(view: DataView, pointer: number): number
  store(view: DataView, pointer: number, index: number): void
}

function tagAccess(cases: number): TagAccess {
  switch (discriminantSize(cases)) {
    case 1:
      return { load: (view, p) => view.getUint8(p), store: (view, p, i) => view.setUint8(p, i) }
    case 2:
      return { load: (view, p) => view.getUint16(p, true), store: (view, p, i) => view.setUint16(p, i, true) }
    case 4:
      return { load: (view, p) => view.getUint32(p, true), store: (view, p, i) => view.setUint32(p, i, true) }
  }
}

function badDiscriminant(index: number): never {
  throw abiTrap(`discriminant ${index} is out of range`)
}
