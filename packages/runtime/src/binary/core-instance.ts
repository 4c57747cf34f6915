import { quote } from './context.js'
import { coreMismatch } from './core-match.js'
import type { CoreRef } from './definition.js'
import { hex, type Reader } from './reader.js'
import type { CoreInstance, Scope } from './scope.js'
import { decodeCoreSort } from './sorts.js'

/** Decodes one core instance and appends it (Binary.md, `core:instance`). */
export function decodeCoreInstance(reader: Reader, scope: Scope): void {
  const at = reader.offset
  const form = reader.u8()
  if (form === 0x00) instantiateModule(reader, scope)
  else if (form === 0x01) bundleCoreExports(reader, scope)
  else throw reader.malformed(`${hex(form)} is not a form of core instance`, at)
}

function instantiateModule(reader: Reader, scope: Scope): void {
  const { context } = scope
  const module = reader.u32()
  const type = scope.module(module)
  const given = new Map<string, CoreInstance>()
  const args = Array.from({ length: context.count(reader) }, () => {
    const name = reader.name(context.limits.nameBytes)
    reader.expect(0x12, 'a core instance as argument')
    const instance = reader.u32()
    if (given.has(name)) throw context.invalid(`core argument ${quote(name)} is given twice`)
    given.set(name, scope.coreInstance(instance))
    return { name, instance }
  })
  context.step(type.imports.length)
  for (const { module: from, name, type: expected } of type.imports) {
    const actual = given.get(from)?.get(name)
    if (actual === undefined) throw context.invalid(`missing core import ${quote(from)} ${quote(name)}`)
    const mismatch = coreMismatch(actual, expected)
    if (mismatch !== null) throw context.invalid(`core import ${quote(from)} ${quote(name)}: ${mismatch}`)
  }
  scope.core.instance.push(type.exports)
  scope.definitions.push({ op: 'core-instantiate', module, args })
}

function bundleCoreExports(reader: Reader, scope: Scope): void {
  const { context } = scope
  const types: Map<string, ReturnType<Scope['coreExtern']>> = new Map()
  const exports = Array.from({ length: context.count(reader) }, (): CoreRef => {
    const name = reader.name(context.limits.nameBytes)
    const sort = decodeCoreSort(reader)
    const index = reader.u32()
    if (types.has(name)) throw context.invalid(`core export ${quote(name)} is defined twice`)
    types.set(name, scope.coreExtern(sort, index))
    return { name, sort, index }
  })
  scope.core.instance.push(types)
  scope.definitions.push({ op: 'core-bundle', exports })
}
