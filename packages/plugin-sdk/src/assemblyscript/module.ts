import { posix } from 'node:path'
import { Code } from './code.js'

/** One generated file: its declarations, and what they import from others. */
export class Module {
  readonly code = new Code()
  private readonly taken = new Set<string>()
  private readonly named = new Map<string, { path: string; name: string; local: string }>()
  private readonly namespaces = new Map<string, string>()
  private readonly reexports: string[] = []

  /** `path`: without extension, relative to the folder of generated files; may start with `../`. */
  constructor(
    readonly path: string,
    private readonly title: string,
  ) {}

  /** Reserves a top-level name of this file; a clash gets a number behind. */
  declare(name: string): string {
    let free = name
    for (let i = 2; this.taken.has(free); i++) free = `${name}${i}`
    this.taken.add(free)
    return free
  }

  /** The local name of something that another file exports. */
  use(path: string, name: string): string {
    if (path === this.path) return name
    const key = `${path}#${name}`
    let entry = this.named.get(key)
    if (entry === undefined) {
      entry = { path, name, local: this.declare(name) }
      this.named.set(key, entry)
    }
    return entry.local
  }

  /** `import * as local` */
  namespace(local: string, path: string): string {
    this.namespaces.set(local, path)
    return local
  }

  /** Makes something of another file importable from this one too. */
  reexport(path: string, name: string, as: string): void {
    const what = name === as ? name : `${name} as ${as}`
    this.reexports.push(
      path === this.path ? `export { ${what} };` : `export { ${what} } from "${this.relative(path)}";`,
    )
  }

  get isEmpty(): boolean {
    return this.code.isEmpty && this.reexports.length === 0
  }

  toString(): string {
    const namespaces = [...this.namespaces].map(
      ([local, path]) => `import * as ${local} from "${this.relative(path)}";`,
    )
    const byPath = new Map<string, string[]>()
    for (const { path, name, local } of this.named.values()) {
      const names = byPath.get(path) ?? []
      byPath.set(path, [...names, name === local ? name : `${name} as ${local}`])
    }
    const imports = [...byPath].map(
      ([path, names]) => `import { ${names.join(', ')} } from "${this.relative(path)}";`,
    )
    const head = [`// ${this.title}. Generated; do not edit.`, ...namespaces, ...imports, ...this.reexports]
    return [...head, '', this.code, ''].join('\n')
  }

  private relative(path: string): string {
    const relative = posix.relative(posix.dirname(GENERATED + this.path), GENERATED + path)
    return relative.startsWith('.') ? relative : `./${relative}`
  }
}

/** The folder of generated files, as the author's files see it. */
const GENERATED = '/gen/'
