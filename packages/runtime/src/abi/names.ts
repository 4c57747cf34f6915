/** How an import or export name of a function is spelled in JS. */
export type FunctionName =
  | { readonly kind: 'plain'; readonly member: string }
  | { readonly kind: 'constructor'; readonly resource: string }
  | { readonly kind: 'method' | 'static'; readonly resource: string; readonly member: string }

/** `[method]input-stream.blocking-read` -> method `blockingRead` of `input-stream`. */
export function parseFunctionName(name: string): FunctionName {
  let parsed = functions.get(name)
  if (parsed === undefined) {
    parsed = parse(name)
    if (functions.size === MAX_CACHED) functions.clear()
    functions.set(name, parsed)
  }
  return parsed
}

function parse(name: string): FunctionName {
  const match = /^\[(?:async )?(constructor|method|static)\](.*)$/.exec(name)
  if (match === null) return { kind: 'plain', member: memberName(name.replace(/^\[async\]/, '')) }
  const [, kind, rest = ''] = match
  if (kind === 'constructor') return { kind, resource: rest }
  const dot = rest.indexOf('.')
  const resource = rest.slice(0, dot)
  const member = rest.slice(dot + 1)
  return kind === 'method'
    ? { kind, resource, member: memberName(member) }
    : { kind: 'static', resource, member: staticName(member) }
}

/**
 * The property that a function is in JavaScript, of an interface or of an object: its name in camelCase, with `_` behind
 * where the language itself looks for that name on every object, as `await` does for `then`. `to-string` is `toString_`.
 */
export function memberName(kebab: string): string {
  return apart(camelCase(kebab), OF_OBJECTS)
}

/** The same of a class: `name` is `name_`, since every class has one. */
export function staticName(kebab: string): string {
  return apart(camelCase(kebab), OF_CLASSES)
}

/** `blocking-read` -> `blockingRead`, `HTTP-error` -> `httpError`. */
export function camelCase(kebab: string): string {
  const pascal = pascalCase(kebab)
  return pascal.charAt(0).toLowerCase() + pascal.slice(1)
}

/** `input-stream` -> `InputStream`; `sha-2` -> `Sha_2`, which `sha2` is not. */
export function pascalCase(kebab: string): string {
  let name = cache.get(kebab)
  if (name === undefined) {
    name = ''
    for (const word of kebab.split('-')) name += capitalized(word, name !== '')
    if (cache.size === MAX_CACHED) cache.clear()
    cache.set(kebab, name)
  }
  return name
}

/** Every `instantiate` spells the same names again; bounded, because plugins choose them. */
const cache = new Map<string, string>()
const functions = new Map<string, FunctionName>()
const MAX_CACHED = 2_000

function capitalized(word: string, isInside: boolean): string {
  const first = word.charAt(0)
  return (
    (isInside && first >= '0' && first <= '9' ? '_' : '') + first.toUpperCase() + word.slice(1).toLowerCase()
  )
}

/** No name of WIT ends with `_`, so it takes none of another function. */
function apart(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? `${name}_` : name
}

/**
 * What objects and promises have in JavaScript, as far as WIT can spell it, and what it looks for when it prints one as
 * JSON. Written down: the text of types is made on one engine, and holds on another.
 */
const OF_OBJECTS: ReadonlySet<string> = new Set(
  `constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf toJSON then catch
   finally`.split(/\s+/),
)
const OF_CLASSES: ReadonlySet<string> = new Set([
  ...OF_OBJECTS,
  ...'apply arguments bind call caller length name prototype'.split(' '),
])
