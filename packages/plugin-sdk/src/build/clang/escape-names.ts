import type { BindgenLanguage } from '../../bindgen/bindgen.js'
import { CLANG_METHODS, CLANG_TYPES, CLANG_WORDS } from './clang-words.js'

/**
 * The WIT that bindings in C and C++ are generated from. What cannot be named so there has a mark behind: parameters, fields
 * and cases that no variable can be named as, and types and methods that would be named as what every class has.
 * `unescapeNames` makes an underscore of it. The generator escapes some words, and none that has a hyphen or a capital, nor those of newer
 * standards. Functions have longer names, or begin with a capital.
 *
 * @param clashing types that are to be marked as well
 */
export function escapeNames(
  wit: ReadonlyMap<string, string>,
  language: BindgenLanguage,
  clashing: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const types = new Set([...CLANG_TYPES[language], ...clashing])
  return new Map([...wit].map(([path, text]) => [path, escapeText(text, language, types)]))
}

/** In what is generated: `thread_local_` is a variable, `ThreadLocal` a case, `New_` a class, and the linker sees `new`. */
export function unescapeNames(generated: string): string {
  return generated
    .replaceAll(/_wasm_plugin_(?:word|type)|WasmPluginType/g, '_')
    .replaceAll(/-wasm-plugin-type|WasmPluginWord/g, '')
    .replaceAll(NAMESPACE, '$&_')
    .replaceAll(INNER, '$&_')
}

const WORDS = [...CLANG_WORDS].filter((word) => word.includes('-')).map((word) => word.replaceAll('-', '_'))
/** A keyword stands before `::` or after `namespace` only as the name of an interface or a package. */
const NAMESPACE = new RegExp(
  `\\b(?:(?:${WORDS.join('|')})(?=::)|(?<=namespace )(?:${WORDS.join('|')})(?= \\{))`,
  'g',
)

/** Inside of another namespace, these would hide those that everything is in. */
const INNER = /(?:(?<=\w::)(?:std|wit)(?=::)|(?<=^[ \t]+namespace )(?:std|wit)(?= \{))/gm

interface Lexeme {
  readonly text: string
  readonly at: number
}

function escapeText(text: string, language: BindgenLanguage, types: ReadonlySet<string>): string {
  const lexemes = lexemesOf(text)
  let escaped = ''
  let end = 0
  let block = ''
  /** Brackets that are open inside of the block: a case stands in none, what it holds may be a list of types. */
  let depth = 0
  lexemes.forEach(({ text: word, at }, i) => {
    if (/^(?:enum|flags|variant|resource|\})$/.test(word)) {
      block = word
      depth = 0
    } else if (/^[(<]$/.test(word)) depth++
    else if (/^[)>]$/.test(word)) depth--
    if (word === ';' && lexemes[i - 2]?.text === 'resource') block = ''
    const name = word.replace('%', '').toLowerCase()
    const isVariable = isMember(lexemes, i) || (block === 'variant' && depth === 0 && isCase(lexemes, i))
    const isType = types.has(name) && isTypeName(lexemes, i, depth === 0 ? block : '')
    const isMethod = block === 'resource' && CLANG_METHODS[language].has(name) && lexemes[i + 1]?.text === ':'
    const reserved = isVariable ? CLANG_WORDS.has(name) : isType || isMethod
    if (!reserved) return
    escaped += `${text.slice(end, at)}${word}-wasm-plugin-${isVariable ? 'word' : 'type'}`
    end = at + word.length
  })
  return escaped + text.slice(end)
}

/** Without spaces and comments. */
function lexemesOf(text: string): Lexeme[] {
  const all = text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|%?[A-Za-z][\w-]*|\S/g)
  return [...all].flatMap(({ 0: lexeme, index }) =>
    /^\/[/*]/.test(lexeme) ? [] : [{ text: lexeme, at: index }],
  )
}

/** A parameter or a field: `(name: string`, `, name: string`, `{ name: string`. Functions are written so too. */
function isMember(lexemes: readonly Lexeme[], i: number): boolean {
  return (
    /^[({,]$/.test(lexemes[i - 1]?.text ?? '') &&
    lexemes[i + 1]?.text === ':' &&
    !/^(?:func|static|async|interface)$/.test(lexemes[i + 2]?.text ?? '')
  )
}

function isCase(lexemes: readonly Lexeme[], i: number): boolean {
  return /^[{,]$/.test(lexemes[i - 1]?.text ?? '') && /^[(},]$/.test(lexemes[i + 1]?.text ?? '')
}

/** Where a type is declared or used, and not the name of a case, a function, an interface or a package. */
function isTypeName(lexemes: readonly Lexeme[], i: number, block: string): boolean {
  const [before = '', word = '', after = ''] = [i - 1, i, i + 1].map((k) => lexemes[k]?.text)
  // The block begins with its keyword, which the type's own name follows.
  if (/^(?:enum|flags)$/.test(before)) return true
  if (block === 'enum' || block === 'flags' || (block === 'variant' && isCase(lexemes, i))) return false
  if (/^(?:interface|world|import|export|include|package|use|\/)$/.test(before) || /^[:/.@]$/.test(after))
    return false
  // A keyword that stands for itself has no `%`.
  return word !== 'constructor' && lexemes[i - 3]?.text !== 'package'
}
