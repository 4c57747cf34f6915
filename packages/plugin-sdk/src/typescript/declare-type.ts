import type { RecordType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import type { Code } from '../assemblyscript/code.js'
import { camelCase } from '../wit/names.js'
import { parseFunctionName } from '../world/function-name.js'
import type { TypesContext } from './context.js'
import { functionDoc, methodName, signature } from './functions.js'
import { caseText, fieldText } from './type-text.js'

/** Declares a type that the WIT names. */
export function declareType(context: TypesContext, type: ValueType | ResourceType, code: Code): void {
  const name = context.nameOf(type)!
  const wit = context.witName(type)!
  const docOf = (member: string) => context.doc(wit.interface, `${wit.name}.${member}`)
  code.doc(context.doc(wit.interface, wit.name))
  switch (type.kind) {
    case 'record':
      return void code.block(`export interface ${name} {`, () =>
        declareFields(context, type, { code, docOf }),
      )
    case 'flags':
      return void code.block(`export interface ${name} {`, () => {
        for (const label of type.labels) code.doc(docOf(label)).line(`${camelCase(label)}?: boolean`)
      })
    case 'variant':
      code.line(`export type ${name} =`)
      for (const c of type.cases) code.doc(docOf(c.name)).line(`  | ${caseText(context, c)}`)
      return
    case 'enum':
      code.line(`export type ${name} =`)
      for (const label of type.labels) code.doc(docOf(label)).line(`  | '${label}'`)
      return
    case 'resource':
      declareResource(context, type, code)
      return
    default:
      code.line(`export type ${name} = never`)
  }
}

function declareFields(
  context: TypesContext,
  type: RecordType,
  { code, docOf }: { code: Code; docOf: (member: string) => string | undefined },
): void {
  for (const field of type.fields) code.doc(docOf(field.name)).line(fieldText(context, field))
}

/** An object of the resource. Those of the other side are given back with `Symbol.dispose`. */
function declareResource(context: TypesContext, type: ResourceType, code: Code): void {
  const wit = context.witName(type)!
  const items = context.world[`${wit.direction}s`]
  const scope = wit.interface === null ? undefined : items.get(wit.interface)
  code.block(`export interface ${context.nameOf(type)} {`, () => {
    for (const [name, item] of scope?.kind === 'instance' ? scope.exports : items) {
      const parsed = parseFunctionName(name)
      if (item.kind !== 'func' || parsed.kind !== 'method' || parsed.resource !== wit.name) continue
      const { direction } = wit
      const doc = context.doc(wit.interface, `${wit.name}.${parsed.name}`)
      code.doc(functionDoc(context, { type: item, direction, doc }))
      const own = { ...item, params: item.params.slice(1) }
      code.line(`${methodName(context, parsed.name)}${signature(context, own, direction)}`)
    }
    const isImplementer = wit.direction === (context.side === 'host' ? 'import' : 'export')
    code.line(isImplementer ? '[Symbol.dispose]?(): void' : '[Symbol.dispose](): void')
    if (!isImplementer && context.side === 'host') code.line('[Symbol.asyncDispose](): Promise<void>')
  })
}
