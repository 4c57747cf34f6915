import path from 'node:path'
import type { ComponentMetadata } from '@wasm-plugin/sdk'
import { readNamedText } from './files.js'

/** What the project's package.json says that belongs in the component too. */
export async function readPackageMetadata(dir: string): Promise<ComponentMetadata> {
  let json: unknown
  try {
    json = JSON.parse(await readNamedText(path.join(dir, 'package.json'), 'package.json'))
  } catch {
    return {} // A crate may well do without one.
  }
  if (typeof json !== 'object' || json === null) return {}
  const { author, license, homepage, repository } = json as Record<string, unknown>
  return {
    authors: text(author) ?? text(field(author, 'name')),
    licenses: text(license),
    homepage: text(homepage),
    source: url(text(repository) ?? text(field(repository, 'url'))),
  }
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** npm writes `git+https://…`; tools that read the section expect a plain URL. */
const url = (value: string | undefined) => value?.replace(/^git\+/, '')
