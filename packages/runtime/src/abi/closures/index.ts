import type { ValueType } from '../../types/index.js'
import { unsupportedType } from '../features.js'
import { scalars } from '../scalars.js'
import type { Codec } from './codec.js'
import { borrowCodec, ownCodec } from './handle.js'
import { listCodec } from './list.js'
import { recordCodec, tupleCodec } from './record.js'
import { flagsCodec, scalarCodec, stringCodec } from './simple.js'
import { enumCodec, optionCodec, resultCodec, variantCodec } from './variant.js'

export { type Codec, FlatSource } from './codec.js'

/** The codec of `type`; one per type object, so that a type that is shared is compiled once. */
export function codecOf(type: ValueType): Codec {
  let codec = memo.get(type)
  if (codec === undefined) {
    codec = compile(type)
    memo.set(type, codec)
  }
  return codec
}

const memo = new WeakMap<ValueType, Codec>()

function compile(type: ValueType): Codec {
  switch (type.kind) {
    case 'string':
      return stringCodec
    case 'list':
      return listCodec(type, codecOf)
    case 'record':
      return recordCodec(type, codecOf)
    case 'tuple':
      return tupleCodec(type, codecOf)
    case 'variant':
      return variantCodec(type, codecOf)
    case 'option':
      return optionCodec(type, codecOf)
    case 'result':
      return resultCodec(type, codecOf)
    case 'enum':
      return enumCodec(type)
    case 'flags':
      return flagsCodec(type)
    case 'own':
      return ownCodec(type.resource)
    case 'borrow':
      return borrowCodec(type.resource)
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      throw unsupportedType(type)
    default:
      return scalarCodec(scalars[type.kind])
  }
}
