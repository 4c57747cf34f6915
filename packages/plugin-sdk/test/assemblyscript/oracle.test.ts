import { readdirSync, readFileSync } from 'node:fs'
import type { FuncType } from '@wasm-plugin/runtime'
import { BinaryReader, flattenFunc } from '@wasm-plugin/runtime/internal'
import { type AssemblyScriptBindings, generateAssemblyScript } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { readSections, resolveWorld } from '#internal'
import { makeFolder, WIT_DIR } from '../support/project.js'

/** Core signatures of a core module's imports and exports, as `i32,i64->i32`, by `module name` or `name`. */
async function coreSignatures(bytes: Uint8Array): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const types: string[] = []
  const functions: string[] = []
  for (const { id, body } of readSections(bytes)) {
    const reader = new BinaryReader(body)
    const number = () => reader.u32()
    const text = () => reader.name(1000)
    const valueTypes = () => Array.from({ length: number() }, () => VALUE_TYPES.get(reader.u8())).join()
    const each = (visit: () => void) => {
      for (let left = number(); left > 0; left--) visit()
    }
    if (id === 1) {
      each(() => {
        reader.u8()
        types.push(`${valueTypes()}->${valueTypes()}`)
      })
    }
    if (id === 2) {
      each(() => {
        const name = `${text()} ${text()}`
        expect(reader.u8()).toBe(0)
        const signature = types[number()]!
        functions.push(signature)
        found.set(name, signature)
      })
    }
    if (id === 3) each(() => functions.push(types[number()]!))
    if (id === 7) {
      each(() => {
        const name = text()
        const kind = reader.u8()
        const index = number()
        if (kind === 0) found.set(name, functions[index]!)
      })
    }
  }
  return found
}

const VALUE_TYPES = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
])

const signature = (type: FuncType, direction: 'lift' | 'lower') => {
  const { core } = flattenFunc(type, direction)
  return `${core.params.join()}->${core.results.join()}`
}

/** Every interface of the WASI packages that the SDK brings, both ways. */
function allOfWasi(): string {
  const rows = readdirSync(`${WIT_DIR}deps`, { withFileTypes: true }).flatMap((folder) => {
    if (!folder.isDirectory()) return []
    const dir = `${WIT_DIR}deps/${folder.name}`
    const text = readdirSync(dir)
      .map((file) => readFileSync(`${dir}/${file}`, 'utf8'))
      .join('\n')
    const [, id = '', version = ''] = /^package ([\w:-]+)@([^;]+);/m.exec(text) ?? []
    const stable = text.replace(/@unstable\([^)]*\)\s+interface/g, '')
    return [...stable.matchAll(/^interface ([\w-]+)/gm)].map(([, name]) => `${id}/${name}@${version};`)
  })
  return `package a:b; world w { ${rows.map((id) => `import ${id} export ${id}`).join('\n')} }`
}

/** As the generated code declares them: imports by `module name`, exports by name. */
function generatedSignatures({ files, exportNames }: AssemblyScriptBindings): Map<string, string> {
  const found = new Map<string, string>()
  const add = (name: string, params: string, result: string) => {
    const types = [...params.matchAll(/: (\w+)/g)].map(([, type]) => type).join()
    found.set(name, `${types}->${result === 'void' ? '' : result}`)
  }
  const text = [...files.values()].join('\n')
  const imports = /@external\("([^"]+)", "([^"]+)"\)\s+declare function \w+\(([^)]*)\): (\w+)/g
  for (const [, module = '', name = '', params = '', result = ''] of text.matchAll(imports))
    add(`${module} ${name}`, params, result)
  for (const [, glue = '', params = '', result = ''] of text.matchAll(
    /^export function (e\d+)\(([^)]*)\): (\w+)/gm,
  ))
    for (const name of exportNames.get(glue) ?? []) add(name, params, result)
  return found
}

describe('core signatures', () => {
  const everything = `package a:b;
    world w { include wasi:cli/command@0.2.12; include wasi:http/proxy@0.2.12; export wasi:filesystem/types@0.2.12; export wasi:sockets/tcp@0.2.12; }`

  it.each([
    ['all of WASI 0.2', 200, everything],
    ['the example contract', 2, null],
  ])('are those that wit-component expects: %s', async (_, atLeast, text) => {
    const wit = text === null ? `${WIT_DIR}acme-site/v0.1` : makeFolder({ 'w.wit': text })
    const { world, dummy } = await resolveWorld({ wit, world: text === null ? 'renderer' : undefined })
    const core = await coreSignatures(dummy)
    let checked = 0
    for (const [interfaceId, item] of world.imports) {
      for (const [name, type] of item.kind === 'instance' ? item.exports : []) {
        if (type.kind !== 'func') continue
        expect([name, core.get(`${interfaceId} ${name}`)]).toEqual([name, signature(type, 'lower')])
        checked++
      }
    }
    for (const [interfaceId, item] of world.exports) {
      for (const [name, type] of item.kind === 'instance' ? item.exports : []) {
        if (type.kind !== 'func') continue
        expect([name, core.get(`${interfaceId}#${name}`)]).toEqual([name, signature(type, 'lift')])
        checked++
      }
    }
    expect(checked).toBeGreaterThanOrEqual(atLeast)
  })

  it('are what the generated code declares, for every function of WASI 0.2, imported and exported', async () => {
    const { world, dummy } = await resolveWorld({ wit: makeFolder({ 'w.wit': allOfWasi() }) })
    const core = await coreSignatures(dummy)
    const generated = generatedSignatures(
      generateAssemblyScript(world, { implementationOf: () => '../index' }),
    )
    const wrong = [...generated].filter(([name, signature]) => core.get(name) !== signature)
    expect(wrong.map(([name, signature]) => [name, signature, core.get(name)])).toEqual([])
    const functions = [...core.keys()].filter(
      (name) => !/^cabi_|^\[export\]|\[(resource|dtor)|^memory$|^_init/.test(name),
    )
    expect(functions.filter((name) => !generated.has(name))).toEqual([])
    expect(functions.length).toBeGreaterThan(350)
  })
})
