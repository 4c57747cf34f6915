import type { WitFile } from './read.js'
import { tokenizeWit, type WitToken } from './tokens.js'

/**
 * Doc comments of WIT text, keyed as in `World.docs`. The WIT tools resolve types but drop comments, so they are
 * read from the text: this scanner knows only packages, the blocks in them and what can carry a comment, and skips
 * what it does not know. The text has been accepted by the real parser.
 */
export function docsOf(files: readonly WitFile[]): Map<string, string> {
  const docs = new Map<string, string>()
  const packageName = files.map((file) => packageHeader(file.text)).find((name) => name !== null) ?? ''
  for (const file of files) {
    const scanner = new DocScanner(tokenizeWit(file.text), docs)
    scanner.scan(packageHeader(file.text) ?? packageName)
  }
  return docs
}

function packageHeader(text: string): string | null {
  const tokens = tokenizeWit(text).filter((token) => token.kind !== 'doc')
  const [first, ...rest] = tokens
  if (first?.text !== 'package') return null
  const end = rest.findIndex((token) => token.text === ';' || token.text === '{')
  return rest[end]?.text === ';' ? joined(rest.slice(0, end)) : null
}

function joined(tokens: readonly WitToken[]): string {
  return tokens.map((token) => token.text).join('')
}

class DocScanner {
  private at = 0
  private pending: string[] = []

  constructor(
    private readonly tokens: readonly WitToken[],
    private readonly docs: Map<string, string>,
  ) {}

  /** Items of a package, up to the end of the text or of a nested package's block. */
  scan(packageName: string): void {
    for (let token = this.next(); token !== null && token.text !== '}'; token = this.next()) {
      if (token.text === 'package') this.nestedPackage()
      else if (token.text === 'interface' || token.text === 'world') this.block(packageName)
      else this.pending = []
    }
  }

  private nestedPackage(): void {
    const name = joined(this.until(';', '{'))
    this.pending = []
    if (this.tokens[this.at - 1]?.text === '{') this.scan(name)
  }

  /** `interface name { … }` or `world name { … }` */
  private block(packageName: string): void {
    const name = this.identifier()
    const [base, version] = packageName.split('@')
    const id = `${base}/${name}${version === undefined ? '' : `@${version}`}`
    this.record(id)
    if (this.next()?.text === '{') this.items(id)
  }

  private items(id: string): void {
    for (let token = this.next(); token !== null && token.text !== '}'; token = this.next()) {
      if (TYPES_WITH_MEMBERS.has(token.text)) this.members(id)
      else if (token.text === 'type') this.named(id)
      else if (token.text === 'import' || token.text === 'export') this.worldItem(id)
      else if (token.text === '@') this.gate()
      else if (token.text === 'use' || token.text === 'include') this.skipStatement()
      else {
        this.record(`${id}#${plain(token)}`)
        this.skipStatement()
      }
    }
  }

  private members(id: string): void {
    const owner = `${id}#${this.identifier()}`
    this.record(owner)
    if (this.next()?.text !== '{') return
    for (let token = this.next(); token !== null && token.text !== '}'; token = this.next()) {
      if (token.text === '@') this.gate()
      else {
        this.record(`${owner}.${plain(token)}`)
        this.skipMember()
      }
    }
  }

  private named(id: string): void {
    this.record(`${id}#${this.identifier()}`)
    this.skipStatement()
  }

  /** `import name: func(…);`, `export name: interface { … }` or `import a:b/c;`, which has its docs elsewhere. */
  private worldItem(id: string): void {
    const name = this.identifier()
    if (this.tokens[this.at]?.text === ':' && this.tokens[this.at + 2]?.text === '{') {
      this.record(name)
      this.at += 3
      this.items(name)
    } else {
      this.record(`${id}#${name}`)
      this.skipStatement()
    }
  }

  /** `@since(version = 0.2.0)` stands between a comment and its item. */
  private gate(): void {
    this.identifier()
    if (this.tokens[this.at]?.text === '(') this.until(')')
  }

  private record(key: string): void {
    if (this.pending.length > 0 && !this.docs.has(key)) this.docs.set(key, this.pending.join('\n').trim())
    this.pending = []
  }

  private skipStatement(): void {
    let depth = 0
    for (let token = this.next(); token !== null; token = this.next()) {
      if (token.text === '{') depth++
      if (token.text === '}') depth--
      if (token.text === ';' && depth <= 0) break
    }
    this.pending = []
  }

  /** To the comma or semicolon that ends a field, case, label or method, or before the closing brace. */
  private skipMember(): void {
    let depth = 0
    while (this.at < this.tokens.length) {
      const { kind, text } = this.tokens[this.at]!
      if (depth === 0 && text === '}') break
      this.at++
      if (kind === 'doc') continue
      if ('(<{'.includes(text)) depth++
      if (')>}'.includes(text) && text !== '' && depth > 0) depth--
      if (depth === 0 && (text === ',' || text === ';')) break
    }
    this.pending = []
  }

  private identifier(): string {
    const token = this.next()
    return token === null ? '' : plain(token)
  }

  private until(...ends: string[]): WitToken[] {
    const passed: WitToken[] = []
    for (let token = this.next(); token !== null && !ends.includes(token.text); token = this.next())
      passed.push(token)
    return passed
  }

  /** The next token that is not a comment; comments on the way wait for their item. */
  private next(): WitToken | null {
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at]!
      if (token.kind !== 'doc') {
        this.at++
        return token
      }
      this.pending.push(token.text)
    }
    return null
  }
}

/** `%type` is the identifier `type`. */
function plain(token: WitToken): string {
  return token.text.startsWith('%') ? token.text.slice(1) : token.text
}

const TYPES_WITH_MEMBERS = new Set(['record', 'variant', 'enum', 'flags', 'resource'])
