import type { ValueType } from '@wasm-plugin/runtime'
import { flattenType } from '@wasm-plugin/runtime/internal'
import { memberName } from '../names.js'
import { runtime, typeText } from '../types.js'
import { lowerHandle } from './handles.js'
import { convertFlat, type Site } from './lift-flat.js'
import { caseAccess, caseIndex, listPointer } from './store.js'

/** Writes what is needed to turn `value` into core values, and returns the expressions for them. */
export function lowerFlat(site: Site, type: ValueType, value: string): string[] {
  const { context, module } = site
  switch (type.kind) {
    case 's64':
    case 'f32':
    case 'f64':
      return [value]
    case 'u64':
      return [`<i64>${value}`]
    case 'string':
      return [temporary(site, `<i32>${runtime(module)}.stringPointer(${value})`), `${value}.length`]
    case 'list':
      return [temporary(site, `<i32>${listPointer(context, module, type, value)}`), `${value}.length`]
    case 'own':
    case 'borrow':
      return [temporary(site, lowerHandle(context, module, type, value))]
    case 'record':
      return type.fields.flatMap((field) => lowerPart(site, field.type, `${value}.${memberName(field.name)}`))
    case 'tuple':
      return type.items.flatMap((item, i) => lowerPart(site, item, `${value}._${i}`))
    case 'variant':
    case 'option':
    case 'result':
      return lowerCases(site, type, value)
    default:
      return [`<i32>${value}`]
  }
}

function lowerPart(site: Site, type: ValueType, value: string): string[] {
  return lowerFlat(site, type, temporary(site, value))
}

function lowerCases(
  site: Site,
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  value: string,
): string[] {
  const { code } = site
  const joined = flattenType(type)!
  const [tag, ...slots] = joined.map(() => site.temporaries.fresh())
  code.line(`const ${tag} = ${caseIndex(type, value)};`)
  slots.forEach((slot, i) => {
    code.line(`let ${slot}: ${joined[i + 1]} = 0;`)
  })
  caseAccess(type, value).forEach(({ payload, type: payloadType }, index) => {
    if (payloadType === null) return
    code.block(`if (${tag} == ${index}) {`, () => {
      const own = flattenType(payloadType)!
      lowerPart(site, payloadType, payload).forEach((core, i) => {
        code.line(`${slots[i]} = ${convertFlat(own[i]!, joined[i + 1]!, core)};`)
      })
    })
  })
  return [tag!, ...slots]
}

function temporary(site: Site, expression: string): string {
  const name = site.temporaries.fresh()
  site.code.line(`const ${name} = ${expression};`)
  return name
}

/** AssemblyScript type of a parameter or result, for signatures. */
export function signatureType(site: Pick<Site, 'context' | 'module'>, type: ValueType | null): string {
  return type === null ? 'void' : typeText(site.context, site.module, type)
}
