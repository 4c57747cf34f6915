import { type FlagsType, sizeOf } from '../../types/index.js'
import { camelCase } from '../names.js'
import type { Scalar } from '../scalars.js'
import { liftString, lowerString } from '../strings/index.js'
import type { Codec } from './codec.js'

export function scalarCodec(scalar: Scalar): Codec {
  return {
    load: (cx, p) => scalar.load(cx.memory.view, p),
    store: (cx, p, v) => scalar.store(cx.memory.view, p, v),
    lift: (_, flat) => scalar.lift(flat.next()),
    lower: (_, flat, v) => flat.push(scalar.lower(v)),
  }
}

export const stringCodec: Codec = {
  load(cx, p) {
    const { view } = cx.memory
    return liftString[cx.encoding](cx, view.getUint32(p, true), view.getUint32(p + 4, true))
  },
  store(cx, p, value) {
    const pointer = lowerString[cx.encoding](cx, value)
    cx.memory.view.setUint32(p, pointer, true)
    cx.memory.view.setUint32(p + 4, cx.store.stringLength, true)
  },
  lift: (cx, flat) => liftString[cx.encoding](cx, flat.next() >>> 0, flat.next() >>> 0),
  lower(cx, flat, value) {
    flat.push(lowerString[cx.encoding](cx, value), cx.store.stringLength)
  },
}

export function flagsCodec(type: FlagsType): Codec {
  const names = type.labels.map(camelCase)
  const size = sizeOf(type)
  const unpack = (bits: number) => {
    const flags: Record<string, boolean> = {}
    names.forEach((name, i) => {
      flags[name] = ((bits >>> i) & 1) !== 0
    })
    return flags
  }
  const pack = (value: Record<string, boolean | undefined>) =>
    names.reduce((bits, name, i) => (value[name] === true ? bits | (1 << i) : bits), 0)
  return {
    load(cx, p) {
      const { view } = cx.memory
      return unpack(
        size === 1 ? view.getUint8(p) : size === 2 ? view.getUint16(p, true) : view.getInt32(p, true),
      )
    },
    store(cx, p, value) {
      const { view } = cx.memory
      const bits = pack(value)
      if (size === 1) view.setUint8(p, bits)
      else if (size === 2) view.setUint16(p, bits, true)
      else view.setInt32(p, bits, true)
    },
    lift: (_, flat) => unpack(flat.next()),
    lower: (_, flat, value) => flat.push(pack(value)),
  }
}
