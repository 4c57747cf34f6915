import { Code } from '../assemblyscript/code.js'
import { TypesContext } from '../typescript/context.js'
import { declareType } from '../typescript/declare-type.js'
import { parameterName, parameters, resultOf } from '../typescript/functions.js'
import { type NamedFunction, type Resource, type Scope, scopesOf } from '../world/scopes.js'
import type { World } from '../world/world.js'

/** An `index.js` that has every export of a world and throws in each. */
export function javaScriptStubs(world: World): ReadonlyMap<string, string> {
  return new Map([['index.js', stubs(world, null)]])
}

/** The same as `index.ts`, with the types of the contract. */
export function typeScriptStubs(world: World): ReadonlyMap<string, string> {
  const context = new TypesContext(world, ['Exports', 'Imports'], declareType, 'guest')
  return new Map([['index.ts', stubs(world, context)]])
}

function stubs(world: World, types: TypesContext | null): string {
  const code = new Code()
  const scopes = scopesOf(world, 'export')
  if (types === null) code.line("/** @import { Exports } from './gen/world.js' */")
  else code.line("import type { Exports } from './gen/world.js'")
  code.line('')
  for (const scope of scopes) writeScope(code, scope, { world, types })
  return `${code.toString().trimEnd()}\n`
}

interface Target {
  readonly world: World
  /** Null for JavaScript. */
  readonly types: TypesContext | null
}

function writeScope(code: Code, scope: Scope, { world, types }: Target): void {
  const name = scope.local
  if (scope.isWorld) {
    for (const func of scope.functions) {
      code.doc(world.docs.get(`${world.id}#${func.wit}`))
      const params = paramsOf(func.type.params)
      const head =
        types === null
          ? `export function ${func.name}(${params})`
          : `export const ${func.name}: Exports['${func.name}'] = (${params}) =>`
      code.block(`${head} {`, () => code.line(notWritten(func.name)))
      code.line('')
    }
    return
  }
  for (const resource of scope.resources) writeClass(code, { scope, resource }, { world, types })
  // A class that only throws has no types to compare.
  const typed = types === null && scope.resources.length === 0
  code.doc(typed ? `@type {Exports['${name}']}` : undefined)
  code.block(`export const ${name}${types === null ? '' : `: Exports['${name}']`} = {`, () => {
    for (const func of scope.functions) {
      code.doc(world.docs.get(`${scope.id}#${func.wit}`))
      code.block(
        `${func.name}(${paramsOf(func.type.params)}) {`,
        () => code.line(notWritten(func.name)),
        '},',
      )
    }
    for (const resource of scope.resources) code.line(`${resource.name},`)
  })
  code.line('')
}

function writeClass(
  code: Code,
  { scope, resource }: { scope: Scope; resource: Resource },
  { world, types }: Target,
): void {
  const docs = (member?: string) =>
    world.docs.get(`${scope.id}#${resource.wit}${member === undefined ? '' : `.${member}`}`)
  code.doc(docs())
  code.block(`class ${resource.name} {`, () => {
    for (const member of resource.members) {
      const params = member.kind === 'method' ? member.type.params.slice(1) : member.type.params
      const typed =
        types === null
          ? paramsOf(params)
          : inlineTypes(types, parameters(types, { ...member.type, params }, 'export'))
      const result =
        types === null || member.kind === 'constructor'
          ? ''
          : `: ${inlineTypes(types, resultOf(types, member.type))}`
      const head = `${member.kind === 'static' ? 'static ' : ''}${member.name}(${typed})${result} {`
      code.doc(docs(member.kind === 'constructor' ? 'constructor' : member.wit.split('.')[1]))
      if (member.kind === 'constructor') code.line(`${head}}`)
      else code.block(head, () => code.line(notWritten(`${resource.name}.${member.name}`)))
    }
  })
  code.line('')
}

/** A class is written before its type is known, so its types come by name from the generated file. */
function inlineTypes(context: TypesContext, text: string): string {
  const names = new Set([...context.world.names.keys()].flatMap((type) => context.nameOf(type) ?? []))
  return text.replace(/(?<!['\w])[A-Z]\w*/g, (word) =>
    names.has(word) ? `import('./gen/world.js').${word}` : word,
  )
}

function paramsOf(params: NamedFunction['type']['params']): string {
  return params.map(({ name }) => parameterName(name)).join(', ')
}

function notWritten(name: string): string {
  return `throw new Error('${name} is not written yet')`
}
