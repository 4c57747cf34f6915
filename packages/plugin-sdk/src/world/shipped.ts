import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WASI_WIT_DIR } from '../assets.js'

/** A package of WASI, as one text. */
export interface ShippedPackage {
  /** `wasi-io@0.2.12` */
  readonly folder: string
  readonly text: string
}

/**
 * A package that the SDK brings, by its id: `wasi:io@0.2.12`. Every release of 0.2 is the same but for its number, so
 * an older one is the newest under its number.
 */
export function shippedPackage(id: string): ShippedPackage | null {
  const [name = '', version] = id.split('@')
  const exact = folders().find((folder) => folder === folderOf(id))
  if (exact !== undefined) return { folder: exact, text: textOf(exact) }
  const newest = shippedVersions(name).find((known) => RELEASE.test(known))
  if (version === undefined || newest === undefined || !isOlder(version, newest)) return null
  const text = textOf(folderOf(`${name}@${newest}`)).replaceAll(`@${newest}`, `@${version}`)
  return { folder: folderOf(id), text }
}

/** The versions of `wasi:io` that are here as they are, the newest first. */
export function shippedVersions(name: string): string[] {
  const start = `${folderOf(name)}@`
  return folders()
    .flatMap((folder) => (folder.startsWith(start) ? [folder.slice(start.length)] : []))
    .reverse()
}

/** What there is of `wasi:io`, as the end of a sentence; undefined where there is nothing. */
export function shippedText(name: string): string | undefined {
  const versions = shippedVersions(name)
  const [newest] = versions
  if (newest === undefined) return undefined
  return RELEASE.test(newest) ? `0.2.0 to ${newest}` : versions.reverse().join(' and ')
}

/** Whether an interface, by its name in a component, is one of WASI that hosts answer under their grants. */
export function isAnswered(id: string): boolean {
  if (DRAFTS.test(id)) return true
  const [, pkg = '', name = ''] = /^(wasi:[a-z-]+)\/([a-z-]+)@0\.2\.\d{1,4}$/.exec(id) ?? []
  const [newest] = shippedVersions(pkg)
  if (newest === undefined || CALLED.has(`${pkg}/${name}`)) return false
  return new RegExp(`^interface ${name}\\b`, 'm').test(textOf(folderOf(`${pkg}@${newest}`)))
}

const DRAFTS =
  /^wasi:(logging\/logging(@0\.1\.0-draft)?|(config\/store|keyvalue\/(store|atomics|batch))@0\.2\.0(-[a-z0-9.]+)?)$/

/** These are for a host to call. */
const CALLED = new Set(['wasi:cli/run', 'wasi:http/incoming-handler'])

const RELEASE = /^0\.2\.\d+$/

function isOlder(version: string, newest: string): boolean {
  const patch = (text: string) => Number(text.split('.')[2])
  return RELEASE.test(version) && patch(version) < patch(newest)
}

/** `wasi:io@0.2.12` is in the folder `wasi-io@0.2.12`. */
function folderOf(id: string): string {
  return id.replace(':', '-')
}

function folders(): readonly string[] {
  names ??= readdirSync(WASI_WIT_DIR)
    .filter((name) => name.includes('@'))
    .sort()
  return names
}

let names: readonly string[] | undefined

function textOf(folder: string): string {
  let text = texts.get(folder)
  if (text === undefined) {
    text = readFileSync(join(WASI_WIT_DIR, folder, 'package.wit'), 'utf8')
    texts.set(folder, text)
  }
  return text
}

const texts = new Map<string, string>()
