import type { FuncType } from '@wasm-plugin/runtime'
import { Context, type Scope } from '../assemblyscript/context.js'
import { functionsOf } from '../assemblyscript/import-scope.js'
import { Module } from '../assemblyscript/module.js'
import { memberName, pascalCase, typeName, variableName } from '../assemblyscript/names.js'
import { typeText } from '../assemblyscript/types.js'
import { localName } from '../world/scopes.js'
import type { World } from '../world/world.js'

/**
 * An `index.ts` that has every export of a world and throws in each: it compiles, and what is left to write is what
 * the world asks for. Where a world has several exports, each interface gets a file of its own beside it.
 */
export function assemblyScriptStubs(world: World): ReadonlyMap<string, string> {
  const several = world.exports.size > 1
  const fileOf = (id: string | null) => (several && id !== null ? localName(id) : 'index')
  const context = new Context(world, (id) => `../${fileOf(id)}`)
  const modules = new Map([['index', new Module('../index', '')]])
  for (const scope of context.scopes.filter((candidate) => candidate.direction === 'export')) {
    const name = fileOf(scope.id)
    const module = modules.get(name) ?? new Module(`../${name}`, '')
    modules.set(name, module)
    writeFunctions(context, scope, module)
    writeResources(context, scope, module)
  }
  return new Map([...modules].map(([name, module]) => [`${name}.ts`, sourceOf(module)]))
}

/** Without the line that says that a module is generated. */
function sourceOf(module: Module): string {
  if (module.isEmpty) return '// Each exported interface has a file of its own beside this one.\n'
  const [, ...lines] = module.toString().split('\n')
  return lines.join('\n').replace(/\n+$/, '\n')
}

function writeFunctions(context: Context, scope: Scope, module: Module): void {
  for (const { name, type, parsed } of functionsOf(scope)) {
    if (parsed.kind !== 'function') continue
    const result =
      type.result?.kind === 'result'
        ? module.use(scope.module.path, `${pascalCase(name)}Result`)
        : resultText(context, module, type)
    const head = `export function ${variableName(name)}(${params(context, module, type.params)}): ${result} {`
    module.code.doc(context.doc(scope, name)).block(head, () => writeThrow(module, variableName(name)))
    module.code.line('')
  }
}

function writeResources(context: Context, scope: Scope, module: Module): void {
  const { code } = module
  for (const [resource, item] of scope.items) {
    if (item.kind !== 'type' || item.bound !== 'sub' || item.type.kind !== 'resource') continue
    const self = typeName(resource)
    code.doc(context.doc(scope, resource)).block(`export class ${self} {`, () => {
      for (const { type, parsed } of functionsOf(scope)) {
        if (parsed.kind === 'function' || parsed.resource !== resource) continue
        const own = parsed.kind === 'method' ? type.params.slice(1) : type.params
        const list = params(context, module, own)
        if (parsed.kind === 'constructor') {
          code.line(`constructor(${list}) {}`)
          continue
        }
        const member = memberName(parsed.name)
        const head = `${parsed.kind === 'static' ? 'static ' : ''}${member}(${list}): ${resultText(context, module, type)} {`
        code.doc(context.doc(scope, `${resource}.${parsed.name}`))
        code.block(head, () => writeThrow(module, `${self}.${member}`))
      }
    })
    code.line('')
  }
}

function writeThrow({ code }: Module, name: string): void {
  code.line(`throw new Error("${name} is not written yet");`)
}

function params(context: Context, module: Module, list: FuncType['params']): string {
  return list
    .map((param) => `${variableName(param.name)}: ${typeText(context, module, param.type)}`)
    .join(', ')
}

function resultText(context: Context, module: Module, type: FuncType): string {
  return type.result === null ? 'void' : typeText(context, module, type.result)
}
