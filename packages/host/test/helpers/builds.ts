import { encodeManifestSection, type ManifestRequests } from '@wasm-plugin/manifest'
import { assemble } from './guests.js'

export interface BuildOptions {
  /** What its `version` answers. */
  readonly version: number
  /** Of its interface. @default '1.0.0' */
  readonly contract?: string
  /** Type of what `add` takes. @default 'u32' */
  readonly addend?: 'u32' | 's32'
  /** More functions of its interface: `(export "more" (func $version))`. */
  readonly exports?: string
  /** More imports of the component. */
  readonly imports?: string
  /** Traps when it is started. */
  readonly isBroken?: boolean
  /** Asks the application whether to trap when it is started: `isBroken`. */
  readonly asksWhetherBroken?: boolean
  /** What its manifest asks for; it has none without. */
  readonly asks?: ManifestRequests
}

export const API = 'test:shop/api'

/** One build of a plugin: a version, a count, a resource, and functions that wait for the application and that fail. */
export async function build({
  version,
  contract = '1.0.0',
  addend = 'u32',
  exports = '',
  imports = '',
  isBroken = false,
  asksWhetherBroken = false,
  asks,
}: BuildOptions): Promise<Uint8Array> {
  const component = await assemble(`(component
    (import "wait" (func $wait' (param "turns" u32)))
    ${imports}
    (core func $wait (canon lower (func $wait')))
    ${
      asksWhetherBroken
        ? `(import "is-broken" (func $is-broken' (result bool))) (core func $is-broken (canon lower (func $is-broken')))`
        : '(core module $n (func (export "f") (result i32) (i32.const 0))) (core instance $n (instantiate $n)) (alias core export $n "f" (core func $is-broken))'
    }
    (core module $d (func (export "dtor") (param i32)))
    (core instance $d (instantiate $d))
    (type $item' (resource (rep i32) (dtor (core func $d "dtor"))))
    (core func $new (canon resource.new $item'))
    (core func $rep (canon resource.rep $item'))
    (core module $m
      (import "" "wait" (func $wait (param i32)))
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "is-broken" (func $is-broken (result i32)))
      (global $count (mut i32) (i32.const 0))
      (func (export "version") (result i32) (i32.const ${version}))
      (func (export "add") (param i32) (result i32)
        (global.set $count (i32.add (global.get $count) (local.get 0))) (global.get $count))
      (func (export "save") (result i32) (global.get $count))
      (func (export "restore") (param i32) (global.set $count (local.get 0)))
      (func (export "wait") (param i32) (result i32) (call $wait (local.get 0)) (i32.const ${version}))
      (func (export "wait-and-save") (result i32) (call $wait (i32.const 1)) (global.get $count))
      (func (export "fault") unreachable)
      (func (export "spin") (loop $l (br $l)))
      (func (export "make") (result i32) (call $new (i32.const ${version})))
      (func (export "worth") (param i32) (result i32) (local.get 0))
      (func $start (if (i32.or (i32.const ${Number(isBroken)}) (call $is-broken)) (then unreachable)))
      (start $start))
    (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait)) (export "new" (func $new))
      (export "is-broken" (func $is-broken))))))
    (func $version (result u32) (canon lift (core func $i "version")))
    (func $add (param "n" ${addend}) (result u32) (canon lift (core func $i "add")))
    (func $save (result u32) (canon lift (core func $i "save")))
    (func $restore (param "n" u32) (canon lift (core func $i "restore")))
    (func $wait-for (param "turns" u32) (result u32) (canon lift (core func $i "wait")))
    (func $wait-and-save (result u32) (canon lift (core func $i "wait-and-save")))
    (func $fault (canon lift (core func $i "fault")))
    (func $spin (canon lift (core func $i "spin")))
    (component $shim
      (import "item" (type $item (sub resource)))
      (import "make" (func $make (result (own $item))))
      (import "worth" (func $worth (param "self" (borrow $item)) (result u32)))
      (export $Item "item" (type $item))
      (export "[constructor]item" (func $make) (func (result (own $Item))))
      (export "[method]item.worth" (func $worth) (func (param "self" (borrow $Item)) (result u32))))
    (func $make (result (own $item')) (canon lift (core func $i "make")))
    (func $worth (param "self" (borrow $item')) (result u32) (canon lift (core func $i "worth")))
    (instance $items (instantiate $shim
      (with "item" (type $item')) (with "make" (func $make)) (with "worth" (func $worth))))
    (instance $api
      (export "version" (func $version)) (export "add" (func $add)) (export "wait" (func $wait-for))
      (export "fault" (func $fault)) (export "spin" (func $spin))
      (export "save" (func $save)) (export "restore" (func $restore)) ${exports})
    (export "${API}@${contract}" (instance $api))
    (export "test:shop/items@${contract}" (instance $items)))`)
  return asks === undefined ? component : withManifest(component, asks)
}

export function withManifest(component: Uint8Array, capabilities: ManifestRequests): Uint8Array {
  const section = encodeManifestSection({
    manifestVersion: 1,
    name: 'shop',
    version: '1.0.0',
    capabilities,
  })
  return new Uint8Array([...component, ...section])
}
