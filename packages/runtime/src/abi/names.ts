/** How an import or export name of a function is spelled in JS (design: as jco maps them). */
export type FunctionName =
  | { readonly kind: 'plain'; readonly member: string }
  | { readonly kind: 'constructor'; readonly resource: string }
  | { readonly kind: 'method' | 'static'; readonly resource: string; readonly member: string }

/** `[method]input-stream.blocking-read` -> method `blockingRead` of `input-stream`. */
export function parseFunctionName(name: string): FunctionName {
  const match = /^\[(?:async )?(constructor|method|static)\](.*)$/.exec(name)
  if (match === null) return { kind: 'plain', member: camelCase(name.replace(/^\[async\]/, '')) }
  const [, kind, rest = ''] = match
  if (kind === 'constructor') return { kind, resource: rest }
  const dot = rest.indexOf('.')
  return {
    kind: kind === 'method' ? 'method' : 'static',
    resource: rest.slice(0, dot),
    member: camelCase(rest.slice(dot + 1)),
  }
}

/** `blocking-read` -> `blockingRead`, `HTTP-error` -> `httpError`. */
export function camelCase(kebab: string): string {
  const pascal = pascalCase(kebab)
  return pascal.charAt(0).toLowerCase() + pascal.slice(1)
}

/** `input-stream` -> `InputStream`. */
export function pascalCase(kebab: string): string {
  let name = cache.get(kebab)
  if (name === undefined) {
    name = ''
    for (const word of kebab.split('-')) name += word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
    if (cache.size === MAX_CACHED) cache.clear()
    cache.set(kebab, name)
  }
  return name
}

/** Every `instantiate` spells the same names again; bounded, because plugins choose them. */
const cache = new Map<string, string>()
const MAX_CACHED = 2_000
