import path from 'node:path'
import type { Context } from '../command.js'
import { readPlugin } from '../component/read.js'
import { exactVersion } from './exact-version.js'
import { openRegistry } from './open-registry.js'

/** What a signer of others is to sign, about what. */
export interface StatementResult {
  readonly kind: 'predicate'
  /** A file, or `registry/repository@sha256:…`. */
  readonly subject: string
  readonly digest: string
  readonly predicateType: string
  readonly predicate: unknown
}

/** @throws {NOT_PUBLISHABLE} {VERSION_NOT_FOUND} {ARTIFACT_INVALID} */
export async function statementOf(
  context: Context,
  plugin: string,
  place: string | undefined,
): Promise<StatementResult> {
  if (plugin.endsWith('.wasm')) {
    const { statementOfFile } = await import('@wasm-plugin/registry')
    const { bytes } = await readPlugin({ file: plugin, path: path.resolve(context.cwd, plugin) })
    const { subject: digest, ...words } = statementOfFile(bytes)
    return { kind: 'predicate', subject: plugin, digest, ...words }
  }
  const version = exactVersion(plugin)
  const registry = await openRegistry(context, { registry: place, names: [version.name] })
  const statement = await registry.statement(version, { signal: context.signal })
  const { subject: digest, predicateType, predicate } = statement
  const subject = `${statement.registry}/${statement.repository}@${digest}`
  return { kind: 'predicate', subject, digest, predicateType, predicate }
}

/** JSON in ASCII: it says the same, and no text of a plugin gets to a terminal. */
export function printPredicate(predicate: unknown): string {
  return JSON.stringify(predicate, null, 2).replace(
    /[^\n -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
