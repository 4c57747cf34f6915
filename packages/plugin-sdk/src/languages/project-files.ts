import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readRegularText } from '../files.js'

/** What the files of a project say about its language. */
export class ProjectFiles {
  readonly #dir: string
  readonly #packages: ReadonlySet<string>

  constructor(dir: string) {
    this.#dir = dir
    this.#packages = new Set(packagesOf(dir))
  }

  has(path: string): boolean {
    return existsSync(join(this.#dir, path))
  }

  /** True when the project's package.json names the npm package, as any kind of dependency. */
  dependsOn(name: string): boolean {
    return this.#packages.has(name)
  }
}

/** A package.json that cannot be read says nothing; npm is the one to complain about it. */
function packagesOf(dir: string): string[] {
  try {
    const manifest: unknown = JSON.parse(readRegularText(join(dir, 'package.json')))
    if (typeof manifest !== 'object' || manifest === null) return []
    const tables = Object.entries(manifest).filter(([key]) => /^(dev|optional)?dependencies$/i.test(key))
    return tables.flatMap(([, table]) =>
      typeof table === 'object' && table !== null ? Object.keys(table) : [],
    )
  } catch {
    return []
  }
}
