import { Code } from '../assemblyscript/code.js'
import type { TypesContext } from '../typescript/context.js'
import { parameterNames, parameters, resultOf } from '../typescript/functions.js'
import { guestTypes } from '../typescript/guest.js'
import { JAVASCRIPT_GLOBALS, JAVASCRIPT_WORDS } from '../wit/javascript-words.js'
import { NameScope } from '../wit/name-scope.js'
import { type NamedFunction, type Resource, type Scope, scopesOf } from '../world/scopes.js'
import type { World } from '../world/world.js'

/** An `index.js` that has every export of a world and throws in each. */
export function javaScriptStubs(world: World): ReadonlyMap<string, string> {
  return new Map([['index.js', stubs(world, null)]])
}

/** The same as `index.ts`, with the types of the contract. */
export function typeScriptStubs(world: World): ReadonlyMap<string, string> {
  return new Map([['index.ts', stubs(world, guestTypes(world, true).context.from('./gen/world.js'))]])
}

function stubs(world: World, types: TypesContext | null): string {
  const code = new Code()
  const scopes = scopesOf(world, 'export')
  if (types === null) code.line("/** @import { Exports } from './gen/world.js' */")
  else code.line("import type { Exports } from './gen/world.js'")
  code.line('')
  const names = new NameScope(JAVASCRIPT_WORDS, JAVASCRIPT_GLOBALS, ['Exports'])
  for (const scope of scopes) writeScope(code, scope, { world, types, names })
  return `${code.toString().trimEnd()}\n`
}

interface Target {
  readonly world: World
  /** Null for JavaScript. */
  readonly types: TypesContext | null
  /** Of the file. */
  readonly names: NameScope
}

function writeScope(code: Code, scope: Scope, target: Target): void {
  if (scope.isWorld) {
    for (const func of scope.functions) writeFunction(code, func, target)
    return
  }
  const { world, types, names } = target
  const classes = new Map(
    scope.resources.map((resource) => {
      const { name } = resource
      return [resource, names.take(name, `${capital(scope.local)}${name}`)] as const
    }),
  )
  for (const [resource, name] of classes) writeClass(code, { scope, resource, name }, target)
  const type = `Exports['${scope.local}']`
  // A class that only throws has no types to compare.
  const doc = types === null && scope.resources.length === 0 ? `@type {${type}}` : undefined
  writeExport(code, scope.local, target, (keyword, name) => {
    code.doc(doc).block(`${keyword}const ${name}${types === null ? '' : `: ${type}`} = {`, () => {
      for (const func of scope.functions) {
        code.doc(world.docs.get(`${scope.id}#${func.wit}`))
        const head = `${func.name}(${paramsOf(func.type.params)}) {`
        code.block(head, () => code.line(notWritten(func.name)), '},')
      }
      for (const [resource, name] of classes)
        code.line(name === resource.name ? `${name},` : `${resource.name}: ${name},`)
    })
  })
}

function writeFunction(code: Code, func: NamedFunction, target: Target): void {
  const { world, types } = target
  const params = paramsOf(func.type.params)
  code.doc(world.docs.get(`${world.id}#${func.wit}`))
  writeExport(code, func.name, target, (keyword, name) => {
    const head =
      types === null
        ? `${keyword}function ${name}(${params})`
        : `${keyword}const ${name}: Exports['${func.name}'] = (${params}) =>`
    code.block(`${head} {`, () => code.line(notWritten(func.name)))
  })
}

/** Not everything that can be exported can be declared by its name. */
function writeExport(
  code: Code,
  exported: string,
  { names }: Target,
  declare: (keyword: 'export ' | '', name: string) => void,
): void {
  const name = names.take(exported, `${exported}_`)
  declare(name === exported ? 'export ' : '', name)
  if (name !== exported) code.line(`export { ${name} as ${exported} }`)
  code.line('')
}

function writeClass(
  code: Code,
  { scope, resource, name }: { scope: Scope; resource: Resource; name: string },
  { world, types }: Target,
): void {
  const docs = (member?: string) =>
    world.docs.get(`${scope.id}#${resource.wit}${member === undefined ? '' : `.${member}`}`)
  code.doc(docs())
  if (resource.members.length === 0) {
    code.line(`class ${name} {}`, '')
    return
  }
  code.block(`class ${name} {`, () => {
    for (const member of resource.members) {
      const params = member.kind === 'method' ? member.type.params.slice(1) : member.type.params
      const typed =
        types === null ? paramsOf(params) : parameters(types, { ...member.type, params }, 'export')
      const result =
        types === null || member.kind === 'constructor' ? '' : `: ${resultOf(types, member.type)}`
      const head = `${headOf(member)}(${typed})${result} {`
      code.doc(docs(member.kind === 'constructor' ? 'constructor' : member.wit.split('.')[1]))
      if (member.kind === 'constructor') code.line(`${head}}`)
      else code.block(head, () => code.line(notWritten(`${resource.name}.${member.name}`)))
    }
  })
  code.line('')
}

/** A member of the name `constructor` is written so that it is not the constructor. */
function headOf({ kind, name }: Resource['members'][number]): string {
  if (kind === 'constructor') return name
  const written = name === 'constructor' ? "['constructor']" : name
  return kind === 'static' ? `static ${written}` : written
}

function paramsOf(params: NamedFunction['type']['params']): string {
  return parameterNames(params).join(', ')
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

function notWritten(name: string): string {
  return `throw new Error('${name} is not written yet')`
}
