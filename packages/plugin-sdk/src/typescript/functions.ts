import type { FuncType } from '@wasm-plugin/runtime'
import { isTaggedOption } from '@wasm-plugin/runtime/internal'
import { JAVASCRIPT_WORDS } from '../wit/javascript-words.js'
import { NameScope } from '../wit/name-scope.js'
import { camelCase, memberName } from '../wit/names.js'
import type { TypesContext } from './context.js'
import { typeText } from './type-text.js'

/**
 * `(doc: Document): Promise<Page>`. An application calls a plugin in another thread, so its functions return promises;
 * a plugin waits for the application. Whoever implements a function may be synchronous or not, as far as its engine has
 * an event loop.
 */
export function signature(context: TypesContext, type: FuncType, direction: 'import' | 'export'): string {
  const params = parameters(context, type, direction)
  const result = resultOf(context, type)
  if (isImplementer(context, direction))
    return `(${params}): ${result}${context.side === 'blocking-guest' ? '' : ` | Promise<${result}>`}`
  return `(${params}): ${context.side === 'host' ? `Promise<${result}>` : result}`
}

function isImplementer({ side }: TypesContext, direction: 'import' | 'export'): boolean {
  return direction === (side === 'host' ? 'import' : 'export')
}

/**
 * Name of a method of an interface: `new(…)` unquoted would be a constructor. The host keeps functions away from names
 * that JavaScript looks for by itself; the engines of plugins do not.
 */
export function methodName({ side }: TypesContext, kebab: string, hostName = memberName): string {
  const name = side === 'host' ? hostName(kebab) : camelCase(kebab)
  return name === 'new' ? "'new'" : name
}

/** Parameters that end the list and are options may be left out by who calls. */
export function parameters(context: TypesContext, type: FuncType, direction: 'import' | 'export'): string {
  const lastRequired = type.params.findLastIndex(({ type: t }) => t.kind !== 'option' || isTaggedOption(t))
  const names = parameterNames(type.params)
  return type.params
    .map((param, i) => {
      const optional = !isImplementer(context, direction) && i > lastRequired ? '?' : ''
      return `${names[i]}${optional}: ${typeText(context, param.type)}`
    })
    .join(', ')
}

/** A `result` is its value: the error is thrown as `ComponentError`. */
export function resultOf(context: TypesContext, { result }: FuncType): string {
  const value = result?.kind === 'result' ? result.ok : result
  return value === null ? 'void' : typeText(context, value)
}

export interface Documented {
  readonly type: FuncType
  readonly direction: 'import' | 'export'
  readonly doc: string | undefined
}

/** The function's own documentation, and what it throws: a `ComponentError` is of the host, and engines have none. */
export function functionDoc(context: TypesContext, { type, direction, doc }: Documented): string | undefined {
  if (type.result?.kind !== 'result') return doc
  const payload = `\`payload: ${type.result.err === null ? 'undefined' : typeText(context, type.result.err)}\``
  const throws =
    context.side === 'host'
      ? `@throws ComponentError with ${payload}`
      : isImplementer(context, direction)
        ? `@throws to fail, the error itself or an object with ${payload}`
        : `@throws Error with ${payload}`
  return doc === undefined ? throws : `${doc}\n\n${throws}`
}

/** Names of parameters, as far as the language lets them be what the WIT says. */
export function parameterNames(params: FuncType['params']): string[] {
  const names = new NameScope(JAVASCRIPT_WORDS, ['undefined'])
  return params.map((param) => names.take(camelCase(param.name), `${camelCase(param.name)}_`))
}
