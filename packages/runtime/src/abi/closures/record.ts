import { fieldOffsets, type RecordType, type TupleType } from '../../types/index.js'
import type { JsValue } from '../js-value.js'
import { camelCase } from '../names.js'
import { ownField } from '../own-field.js'
import type { Codec, CodecOf } from './codec.js'

export function recordCodec(type: RecordType, codecOf: CodecOf): Codec {
  const offsets = fieldOffsets(type.fields.map((field) => field.type))
  const fields = type.fields.map((field, i) => ({
    name: camelCase(field.name),
    codec: codecOf(field.type),
    offset: offsets[i]!,
  }))
  return {
    load(cx, p) {
      const record: Record<string, JsValue> = {}
      for (const { name, codec, offset } of fields) record[name] = codec.load(cx, p + offset)
      return record
    },
    store(cx, p, value) {
      for (const { name, codec, offset } of fields) codec.store(cx, p + offset, ownField(value, name))
    },
    lift(cx, flat) {
      const record: Record<string, JsValue> = {}
      for (const { name, codec } of fields) record[name] = codec.lift(cx, flat)
      return record
    },
    lower(cx, flat, value) {
      for (const { name, codec } of fields) codec.lower(cx, flat, ownField(value, name))
    },
  }
}

export function tupleCodec(type: TupleType, codecOf: CodecOf): Codec {
  const offsets = fieldOffsets(type.items)
  const items = type.items.map((item, i) => ({ codec: codecOf(item), offset: offsets[i]! }))
  return {
    load: (cx, p) => items.map(({ codec, offset }) => codec.load(cx, p + offset)),
    store(cx, p, value) {
      items.forEach(({ codec, offset }, i) => {
        codec.store(cx, p + offset, value[i])
      })
    },
    lift: (cx, flat) => items.map(({ codec }) => codec.lift(cx, flat)),
    lower(cx, flat, value) {
      items.forEach(({ codec }, i) => {
        codec.lower(cx, flat, value[i])
      })
    },
  }
}
