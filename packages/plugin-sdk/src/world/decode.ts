// TEMPORARY until the runtime's decodeComponent lands.
// biome-ignore-all lint/suspicious/noExplicitAny: temporary
// biome-ignore-all lint/suspicious/noImplicitAnyLet: temporary
import { primitives } from '@wasm-plugin/runtime'

const PRIM: any = {
  127: 'bool',
  126: 's8',
  125: 'u8',
  124: 's16',
  123: 'u16',
  122: 's32',
  121: 'u32',
  120: 's64',
  119: 'u64',
  118: 'f32',
  117: 'f64',
  116: 'char',
  115: 'string',
}
const dec = new TextDecoder()
class Reader {
  i = 0
  constructor(readonly b: Uint8Array) {}
  u8() {
    return this.b[this.i++]!
  }
  u() {
    let r = 0,
      s = 0,
      b
    do {
      b = this.u8()
      r |= (b & 127) << s
      s += 7
    } while (b & 128)
    return r >>> 0
  }
  s33() {
    let r = 0,
      s = 0,
      b
    do {
      b = this.u8()
      r += (b & 127) * 2 ** s
      s += 7
    } while (b & 128)
    if (b & 64) r -= 2 ** s
    return r
  }
  str() {
    const n = this.u()
    const s = dec.decode(this.b.subarray(this.i, this.i + n))
    this.i += n
    return s
  }
  name() {
    this.u8()
    return this.str()
  }
  vec(f: any) {
    const n = this.u(),
      o: any[] = []
    for (let k = 0; k < n; k++) o.push(f())
    return o
  }
  opt(f: any) {
    return this.u8() ? f() : null
  }
}
class Scope {
  types: any[] = []
  instances: any[] = []
  imports = new Map<string, any>()
  exports = new Map<string, any>()
  constructor(readonly parent: Scope | null) {}
}
function valtype(r: Reader, sc: Scope) {
  const v = r.s33()
  return v < 0 ? (primitives as any)[PRIM[v & 0x7f]] : sc.types[v]
}
function deftype(r: Reader, sc: Scope): any {
  const k = r.u8()
  if (PRIM[k]) return (primitives as any)[PRIM[k]]
  const V = () => valtype(r, sc)
  switch (k) {
    case 0x72:
      return { kind: 'record', fields: r.vec(() => ({ name: r.str(), type: V() })) }
    case 0x71:
      return {
        kind: 'variant',
        cases: r.vec(() => {
          const c = { name: r.str(), type: r.opt(V) }
          r.opt(() => r.u())
          return c
        }),
      }
    case 0x70:
      return { kind: 'list', element: V() }
    case 0x67:
      return { kind: 'list', element: V(), length: r.u() }
    case 0x6f:
      return { kind: 'tuple', items: r.vec(V) }
    case 0x6e:
      return { kind: 'flags', labels: r.vec(() => r.str()) }
    case 0x6d:
      return { kind: 'enum', labels: r.vec(() => r.str()) }
    case 0x6b:
      return { kind: 'option', element: V() }
    case 0x6a:
      return { kind: 'result', ok: r.opt(V), err: r.opt(V) }
    case 0x69:
      return { kind: 'own', resource: sc.types[r.u()] }
    case 0x68:
      return { kind: 'borrow', resource: sc.types[r.u()] }
    case 0x66:
      return { kind: 'stream', element: r.opt(V) }
    case 0x65:
      return { kind: 'future', element: r.opt(V) }
    case 0x63:
      return { kind: 'map', key: V(), element: V() }
    case 0x40:
    case 0x43: {
      const params = r.vec(() => ({ name: r.str(), type: V() }))
      const t = r.u8()
      let result = null
      if (t === 0) result = V()
      else r.u()
      return { kind: 'func', async: k === 0x43, params, result }
    }
    case 0x41:
    case 0x42: {
      const inner = new Scope(sc)
      const n = r.u()
      for (let j = 0; j < n; j++) decl(r, inner)
      return k === 0x41
        ? { kind: 'component', imports: inner.imports, exports: inner.exports }
        : { kind: 'instance', exports: inner.exports }
    }
    default:
      throw new Error(`deftype 0x${k.toString(16)}`)
  }
}
function extern(r: Reader, sc: Scope, name: string): any {
  const k = r.u8()
  if (k === 1) return sc.types[r.u()]
  if (k === 3) {
    const eq = r.u8() === 0
    const type = eq ? sc.types[r.u()] : { kind: 'resource', name }
    sc.types.push(type)
    return { kind: 'type', bound: eq ? 'eq' : 'sub', type }
  }
  const t = sc.types[r.u()]
  if (k === 5) sc.instances.push(t)
  return t
}
function decl(r: Reader, sc: Scope) {
  const k = r.u8()
  if (k === 1) sc.types.push(deftype(r, sc))
  else if (k === 2) alias(r, sc)
  else {
    const n = r.name()
    ;(k === 3 ? sc.imports : sc.exports).set(n, extern(r, sc, n))
  }
}
function alias(r: Reader, sc: Scope) {
  r.u8()
  if (r.u8() === 0) {
    const inst = sc.instances[r.u()],
      n = r.str()
    sc.types.push(inst.exports.get(n).type)
  } else {
    let c = r.u()
    const i = r.u()
    let s: any = sc
    while (c--) s = s.parent
    sc.types.push(s.types[i])
  }
}
export function decodeComponent(bytes: Uint8Array): {
  root: { type: { exports: ReadonlyMap<string, any> } }
} {
  const r = new Reader(bytes)
  r.i = 8
  const root = new Scope(null)
  while (r.i < bytes.length) {
    const id = r.u8(),
      size = r.u(),
      end = r.i + size
    if (id === 7) {
      const n = r.u()
      for (let k = 0; k < n; k++) root.types.push(deftype(r, root))
    }
    if (id === 11) {
      const n = r.u()
      for (let k = 0; k < n; k++) {
        const name = r.name()
        r.u8()
        root.exports.set(name, root.types[r.u()])
        r.u8()
      }
    }
    r.i = end
  }
  return { root: { type: root } }
}
