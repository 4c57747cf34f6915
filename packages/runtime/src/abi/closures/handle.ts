import type { ResourceType } from '../../types/index.js'
import { liftBorrow, liftOwn, lowerBorrow, lowerOwn } from '../resources.js'
import type { Codec } from './codec.js'

export function ownCodec(type: ResourceType): Codec {
  return {
    load: (cx, p) => liftOwn(cx, cx.resource(type), cx.memory.view.getUint32(p, true)),
    store: (cx, p, v) => cx.memory.view.setUint32(p, lowerOwn(cx, cx.resource(type), v), true),
    lift: (cx, flat) => liftOwn(cx, cx.resource(type), flat.next() >>> 0),
    lower: (cx, flat, v) => flat.push(lowerOwn(cx, cx.resource(type), v)),
  }
}

export function borrowCodec(type: ResourceType): Codec {
  return {
    load: (cx, p) => liftBorrow(cx, cx.resource(type), cx.memory.view.getUint32(p, true)),
    store: (cx, p, v) => cx.memory.view.setUint32(p, lowerBorrow(cx, cx.resource(type), v), true),
    lift: (cx, flat) => liftBorrow(cx, cx.resource(type), flat.next() >>> 0),
    lower: (cx, flat, v) => flat.push(lowerBorrow(cx, cx.resource(type), v)),
  }
}
