import { readdir, readFile } from 'node:fs/promises'
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import { Component, type ExternType, type FuncType, type ValueType } from '@wasm-plugin/runtime'
import { resourceNames } from '@wasm-plugin/wasi'
import { baseName, type Shape, type Signature, type SignatureTable } from '#internal'

/** The packages of `wit/deps`, one text that a world can be put before. */
export async function wasiPackages(): Promise<{ names: string[]; text: string }> {
  const deps = new URL('../../../../wit/deps/', import.meta.url)
  const names = (await readdir(deps)).filter((name) => name.startsWith('wasi-')).sort()
  const texts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(`${name}/package.wit`, deps), 'utf8')
      // What is not stable is left out by default, and answered by the host all the same.
      return text.replaceAll(/^\s*@unstable\(.*\)$/gm, '')
    }),
  )
  return {
    names: texts.flatMap((text) =>
      [...text.matchAll(/^interface ([a-z-]+)/gm)].map(([, i]) => nameOf(text, i)),
    ),
    text: texts.map((text) => text.replace(/^package (.*);$/m, 'package $1 {').concat('}\n')).join('\n'),
  }
}

function nameOf(text: string, name: string | undefined): string {
  const [, pkg, version] = /^package (.*)@(.*);$/m.exec(text) ?? []
  return `${pkg}/${name}@${version}`
}

/** What a component imports whose world imports these interfaces. */
export async function importsOf(interfaces: readonly string[], packages: string) {
  const imports = interfaces.map((name) => `import ${name};`).join(' ')
  const witSource = `package test:imports;\nworld imports { ${imports} }\n${packages}`
  const embedded = await componentEmbed({ witSource, world: 'imports', dummy: true } as never)
  const component = await Component.compile(await componentNew(embedded, []))
  return component.imports
}

/** The table of `src/wasi/signatures`, from the WIT of WASI. */
export async function signatureTable(): Promise<SignatureTable> {
  const { names, text } = await wasiPackages()
  const types: Shape[] = []
  const indexes = new Map<string, number>()
  const interfaces: Record<string, Record<string, Signature>[]> = {}
  for (const name of names) {
    const base = baseName(name)
    if (base === null) continue
    const imports = await importsOf([name], text)
    const instance = imports.get(name)
    if (instance?.kind !== 'instance') continue
    const functions = functionsOf(instance.exports, imports)
    if (Object.keys(functions).length > 0) interfaces[base] = [...(interfaces[base] ?? []), functions]
  }
  return { types, interfaces }

  function functionsOf(exports: ReadonlyMap<string, ExternType>, imports: ReadonlyMap<string, ExternType>) {
    const resources = resourceNames(imports)
    const signature = ({ params, result }: FuncType): Signature => [
      params.map(({ type }) => indexOf(type)),
      result === null ? null : indexOf(result),
    ]
    const indexOf = (type: ValueType): number => {
      const shape = shapeOf(type)
      const key = JSON.stringify(shape)
      const index = indexes.get(key) ?? types.push(shape) - 1
      indexes.set(key, index)
      return index
    }
    const optional = (type: ValueType | null) => (type === null ? null : indexOf(type))
    const shapeOf = (type: ValueType): Shape => {
      switch (type.kind) {
        case 'list':
        case 'option':
          return [type.kind, indexOf(type.element)]
        case 'result':
          return ['result', optional(type.ok), optional(type.err)]
        case 'own':
        case 'borrow':
          return [type.kind, resources.get(type.resource) as string]
        case 'tuple':
          return ['tuple', ...type.items.map(indexOf)]
        case 'record':
          return ['record', ...type.fields.map((f): [string, number] => [f.name, indexOf(f.type)])]
        case 'variant':
          return ['variant', ...type.cases.map((c): [string, number | null] => [c.name, optional(c.type)])]
        case 'enum':
        case 'flags':
          return [type.kind, ...type.labels]
        default:
          return type.kind
      }
    }
    return Object.fromEntries(
      [...exports].flatMap(([name, item]) => (item.kind === 'func' ? [[name, signature(item)]] : [])),
    )
  }
}
