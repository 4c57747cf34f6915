import { type LineTable, placeOf } from './lines.js'

/**
 * Writes out the Unicode properties of regular expressions, `\p{L}`, for an engine without Unicode's tables. The bundler
 * has made calls of the literals: `new RegExp("\\p{L}", "u")`. What is no property of characters stays, for the engine
 * to refuse. Lines stay where they are.
 */
export function expandProperties(code: string): string {
  return code.replaceAll(REGEXP, (call, _quote, pattern: string, flags: string) =>
    call.replace(pattern, () => expandPattern(pattern, flags.includes('v') ? 'v' : 'u')),
  )
}

/** As the bundler prints it; in a string literal a backslash of the pattern is two. */
const REGEXP = /\bnew RegExp\((["'`])((?:[^"'`\\\n]|\\.|(?!\1)["'`])*)\1, ?["'`]([a-z]*[uv][a-z]*)["'`]\)/g

function expandPattern(pattern: string, flag: 'u' | 'v'): string {
  let depth = 0
  return pattern.replaceAll(/\\\\([pP])\{([^}]*)\}|\\\\(?:\\\\|.)|[[\]]/g, (token, kind, property) => {
    if (token === '[') depth++
    if (token === ']') depth--
    if (kind === undefined) return token
    const ranges = rangesOf(kind, property, flag)
    if (ranges === null) return token
    // Within a class of the flag `v` an operand is a class of its own.
    return depth > 0 && flag === 'u' ? ranges : `[${ranges}]`
  })
}

/** The characters of a property as the inside of a class, from the tables of the Node that builds; null for no property. */
function rangesOf(kind: string, property: string, flag: 'u' | 'v'): string | null {
  const key = `${kind}{${property}}${flag}`
  const known = expanded.get(key)
  if (known !== undefined) return known
  let isSuch: RegExp
  try {
    isSuch = new RegExp(`^\\${kind}{${property}}$`, flag)
    // A property of whole texts, such as emoji, has no opposite.
    new RegExp(`\\P{${property}}`, flag)
  } catch {
    return null
  }
  const ranges: string[] = []
  let start = -1
  for (let point = 0; point <= LAST + 1; point++) {
    const matches = point <= LAST && isSuch.test(String.fromCodePoint(point))
    if (matches && start < 0) start = point
    if (matches || start < 0) continue
    ranges.push(start === point - 1 ? escaped(start) : `${escaped(start)}-${escaped(point - 1)}`)
    start = -1
  }
  expanded.set(key, ranges.join(''))
  return ranges.join('')
}

const LAST = 0x10ffff
const expanded = new Map<string, string>()
const escaped = (point: number) => `\\\\u{${point.toString(16)}}`

/** What a program uses that needs Unicode's tables at run time, at the author's lines. */
export function unicodeWarnings(code: string, lines: LineTable): string[] {
  const found = new Set<string>()
  for (const [i, row] of code.split('\n').entries()) {
    for (const { use, what } of USES) {
      if (!use.test(row) || isBrought(code, what)) continue
      // A minified bundle is one line of many files.
      const place = placeOf(lines, i + 1)
      found.add(`${place === null ? '' : `${place.file}:${place.line}: `}${what} is not there: ${ENGINE}`)
    }
  }
  return [...found]
}

const ENGINE =
  'StarlingMonkey is built without the tables of Unicode; bundle a polyfill, or let the application do it'

const USES = [
  { what: 'String.prototype.normalize', use: /\.normalize\((["'`]NFK?[CD]["'`]|\))/ },
  { what: 'Intl', use: /\bIntl\.\w/ },
]

/** A polyfill writes to the place where the engine has nothing. */
function isBrought(code: string, what: string): boolean {
  if (what === 'Intl')
    return /\b(globalThis|self|window|global)\.Intl\s*=[^=]|\(globalThis, ["'`]Intl["'`]/.test(code)
  return /\.normalize\s*=[^=]|["'`]normalize["'`],\s*[{f(]/.test(code)
}
