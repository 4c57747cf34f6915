import type { ExternType } from '@wasm-plugin/runtime'
import { camelCase, pascalCase } from './names.js'

export class WasiRefused extends Error {}

/** WASI for an instance that is not given any: every function throws. */
export function refusedWasi(imports: ReadonlyMap<string, ExternType>): Record<string, object> {
  const objects: Record<string, object> = {}
  for (const [name, type] of imports)
    if (name.startsWith('wasi:') && type.kind === 'instance') objects[name] = refused(name, type.exports)
  return objects
}

function refused(name: string, members: ReadonlyMap<string, ExternType>): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  const refuse = () => {
    throw new WasiRefused(`${name} is not there`)
  }
  for (const [member, type] of members) {
    if (type.kind === 'func' && !member.startsWith('[')) object[camelCase(member)] = refuse
    if (type.kind === 'type' && type.bound === 'sub') object[pascalCase(member)] = class {}
  }
  for (const member of members.keys()) {
    const [, kind, resource = '', method = ''] = /^\[(method|static)\]([^.]+)\.(.+)$/.exec(member) ?? []
    if (kind === undefined) continue
    const Class = object[pascalCase(resource)] as { prototype: Record<string, unknown> } & Record<
      string,
      unknown
    >
    const target = kind === 'static' ? Class : Class.prototype
    target[camelCase(method)] = refuse
  }
  return object
}
