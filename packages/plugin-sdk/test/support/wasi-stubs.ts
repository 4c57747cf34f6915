import type { Component, ExternType, ImportObject } from '@wasm-plugin/runtime'
import { camelCase, parseFunctionName, pascalCase } from '@wasm-plugin/runtime/internal'

/** WASI for a guest that does not use it: a libc imports what it may need one day. A call of any of it fails. */
export function wasiStubs(component: Component): ImportObject {
  const stubs = [...component.imports].flatMap(([name, item]) =>
    item.kind === 'instance' && name.startsWith('wasi:') ? [[name, stubsOf(name, item.exports)]] : [],
  )
  return Object.fromEntries(stubs)
}

function stubsOf(id: string, items: ReadonlyMap<string, ExternType>): Record<string, unknown> {
  const stubs: Record<string, unknown> = {}
  const classOf = (resource: string) => {
    stubs[pascalCase(resource)] ??= class {}
    return stubs[pascalCase(resource)] as { prototype: object }
  }
  for (const [key, { kind }] of items) {
    const refuse = () => {
      throw new Error(`${id}#${key} was called`)
    }
    if (kind === 'type') classOf(key)
    if (kind !== 'func') continue
    const parsed = parseFunctionName(key)
    if (parsed.kind === 'plain') stubs[camelCase(key)] = refuse
    else if (parsed.kind !== 'constructor') {
      const owner = parsed.kind === 'method' ? classOf(parsed.resource).prototype : classOf(parsed.resource)
      Object.assign(owner, { [parsed.member]: refuse })
    }
  }
  return stubs
}
