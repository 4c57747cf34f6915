import { alignOf, type ListType, sizeOf } from '../../types/index.js'
import type { FuncContext } from '../func-context.js'
import type { JsValue } from '../js-value.js'
import { typedArrayOf } from '../typed-arrays.js'
import { weightOf } from '../weight.js'
import type { Codec, CodecOf } from './codec.js'

export function listCodec(type: ListType, codecOf: CodecOf): Codec {
  const access =
    typedArrayOf(type.element.kind) === undefined ? elementsOf(type, codecOf) : bytesOf(type, codecOf)
  return {
    load: (cx, p) =>
      access.lift(cx, cx.memory.view.getUint32(p, true), cx.memory.view.getUint32(p + 4, true)),
    store(cx, p, value) {
      const length = value.length
      const pointer = access.lower(cx, value, length)
      cx.memory.view.setUint32(p, pointer, true)
      cx.memory.view.setUint32(p + 4, length, true)
    },
    lift: (cx, flat) => access.lift(cx, flat.next() >>> 0, flat.next() >>> 0),
    lower(cx, flat, value) {
      const length = value.length
      flat.push(access.lower(cx, value, length), length)
    },
  }
}

interface ListAccess {
  lift(cx: FuncContext, pointer: number, length: number): JsValue
  lower(cx: FuncContext, value: JsValue, length: number): number
}

function elementsOf(type: ListType, codecOf: CodecOf): ListAccess {
  const codec = codecOf(type.element)
  const size = sizeOf(type.element)
  const align = alignOf(type.element)
  const weight = weightOf(type.element)
  return {
    lift(cx, pointer, length) {
      cx.checkList(pointer, length, size, align)
      cx.store.charge(1 + length * weight)
      const list = new Array<JsValue>(length)
      for (let i = 0; i < length; i++) list[i] = codec.load(cx, pointer + i * size)
      return list
    },
    lower(cx, value, length) {
      const pointer = cx.alloc(length * size, align)
      for (let i = 0; i < length; i++) codec.store(cx, pointer + i * size, value[i])
      return pointer
    },
  }
}

/** Lists of numbers are typed arrays; a plain array of numbers is taken too. */
function bytesOf(type: ListType, codecOf: CodecOf): ListAccess {
  const { lower } = elementsOf(type, codecOf)
  const TypedArray = typedArrayOf(type.element.kind)!
  const size = sizeOf(type.element)
  return {
    lift(cx, pointer, length) {
      cx.checkList(pointer, length, size, size)
      cx.chargeArray(length * size)
      return TypedArray.copy(cx.memory.bytes, pointer, length)
    },
    lower(cx, value, length) {
      if (!ArrayBuffer.isView(value)) return lower(cx, value, length)
      const pointer = cx.alloc(length * size, size)
      cx.memory.bytes.set(new Uint8Array(value.buffer, value.byteOffset, length * size), pointer)
      return pointer
    },
  }
}
