import { ownNames } from './own-names.js'

/**
 * Mends the glue that the splicer writes between StarlingMonkey and the functions of a world. It is written for numbers
 * as WebAssembly's JavaScript API has them, and the engine's own are others: it takes the bits of an i32 from a number
 * that must fit one, and an i64 is a `bigint` without a sign in both directions. It forgets a resource of the plugin by
 * its handle when that is given back, though its table goes by the representation: another resource went. It takes
 * a byte order mark, which is a character, from the front of strings. It makes no class of a resource without
 * functions, though it goes on as if there were one. And its names get in each other's way.
 */
export function mendBindings(text: string): string {
  const mended = MENDS.reduce((part, [pattern, replacement]) => part.replace(pattern, replacement), text)
  return withBareClasses(ownNames(mended))
}

/** `network` of `wasi:sockets`: an import is an object of an empty class. */
function withBareClasses(text: string): string {
  const imported = new Set(Array.from(text.matchAll(/\b(import_[\w$]+)\.prototype\b/g), ([, name]) => name!))
  const classes = [...imported].filter((name) => !text.includes(`class ${name} `))
  return text.concat(...classes.map((name) => `\nclass ${name} {}`))
}

/** The first three of the bindings are the engine's own, and have no i64. */
const CORE = `
const entering = (value) => typeof value === 'bigint' ? BigInt.asIntN(64, value) : value;
const leaving = (value) => typeof value === 'bigint' ? BigInt.asUintN(64, value) : value;
function coreImport(func, index) {
  return index < 3 ? func : (...args) => entering(func(...args.map(leaving)));
}
function coreExport(func) {
  return async (...args) => leaving(await func(...args.map(entering)));
}
`

const MENDS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^(let \[\$memory, \$realloc, \$dealloc\b.*\] = \$bindings);$/m, `$1.map(coreImport);${CORE}`],
  [/^async function (export_[\w$]+)\(/gm, '$1 = coreExport($1);\n$&'],
  [/^(function toUint32\(val\) \{\s*return val )>>> 0;/m, '$1| 0;'],
  [/(repTable\.get\((\$resource_[\w$]+\(\w+\))\)\.rep;\s*repTable\.delete\()\w+\)/g, '$1$2)'],
  [/^(const TEXT_DECODER_UTF8 = new TextDecoder\()\)/m, "$1'utf-8', { ignoreBOM: true })"],
]
