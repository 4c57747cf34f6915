import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { closest, showText } from '@wasm-plugin/runtime/text'
import { parse } from 'smol-toml'
import { errors } from '../errors/index.js'

/** A module of a `modules.toml`. */
export interface WagiModule {
  readonly route: string
  /** Absolute. */
  readonly file: string
  readonly entrypoint: string
  readonly argv: string | undefined
  /** Folders by where the module sees them. */
  readonly volumes: readonly WagiVolume[]
  /** Origins that it may reach. */
  readonly allowedHosts: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Requests that it answers at a time. */
  readonly concurrency: number | undefined
}

export interface WagiVolume {
  readonly at: string
  /** Absolute. */
  readonly path: string
  readonly access: 'read' | 'read-write'
}

const text = z.string()
const texts = z.record(text, text)
/** An empty one would be the folder of the file. */
const filled = text.check(z.minLength(1))
const volume = z.union([
  filled,
  z.strictObject({ path: filled, access: z.optional(z.enum(['read', 'read-write'])) }),
])

const keys = {
  route: text.check(z.regex(/^\//, 'expected a path that begins with "/"')),
  module: filled,
  entrypoint: z.optional(filled),
  argv: z.optional(text),
  volumes: z.optional(z.record(text, volume)),
  allowed_hosts: z.optional(z.array(text)),
  environment: z.optional(texts),
  http_max_concurrency: z.optional(z.int().check(z.positive())),
}

/** What else stands there WAGI does not look at either, and files have it. */
const schema = z.looseObject({
  module: z
    .array(z.looseObject(keys))
    .check(z.refine((modules) => modules.length > 0, 'expected at least one module')),
})

/**
 * Reads the text of a `modules.toml` whose paths begin at `folder`.
 *
 * @param warn Hears of what is not looked at.
 * @throws {WAGI_CONFIG_INVALID}
 */
export function parseModules(source: string, folder: string, warn: (text: string) => void): WagiModule[] {
  const { data, issue } = checkShape(schema, tableOf(source))
  if (issue !== undefined) throw invalid(issue.path, issue.reason)
  warnOfOthers(data, { place: '', known: ['module'], warn })
  for (const [i, one] of data.module.entries())
    warnOfOthers(one, { place: `module[${i}].`, known: Object.keys(keys), warn })
  return data.module.map((one, i) => ({
    route: one.route,
    file: fileOf(one.module, { folder, place: `module[${i}].module` }),
    entrypoint: one.entrypoint ?? '_start',
    argv: one.argv,
    volumes: Object.entries(one.volumes ?? {}).map(([at, given]) => volumeOf(at, given, folder)),
    allowedHosts: one.allowed_hosts ?? [],
    environment: one.environment ?? {},
    concurrency: one.http_max_concurrency,
  }))
}

/** One that is misspelt leaves a module without what it was to have, or with more time. */
function warnOfOthers(
  table: object,
  { place, known, warn }: { place: string; known: readonly string[]; warn: (text: string) => void },
): void {
  for (const key of Object.keys(table)) {
    if (known.includes(key)) continue
    const guess = closest(key, known)
    const meant = guess === undefined ? '' : `; did you mean "${guess}"?`
    warn(`${place}${showText(key)} is no key that is known, and changes nothing${meant}`)
  }
}

function tableOf(source: string): unknown {
  try {
    return parse(source)
  } catch (error) {
    const [reason = 'it is no TOML'] = (error as Error).message.split('\n')
    throw invalid('', reason)
  }
}

function fileOf(module: string, { folder, place }: { folder: string; place: string }): string {
  if (/^file:\/\//i.test(module)) {
    try {
      return fileURLToPath(module)
    } catch {
      throw invalid(place, 'expected a `file:` URL of this machine')
    }
  }
  const scheme = /^([a-z][a-z0-9+-]+):/i.exec(module)?.[1]
  if (scheme === undefined) return path.resolve(folder, module)
  throw invalid(
    place,
    `"${scheme}:" is not known here`,
    'Fetch the module to a file, and give its path; `wasm-plugin serve` has routes with names of registries.',
  )
}

function volumeOf(at: string, given: z.infer<typeof volume>, folder: string): WagiVolume {
  const { path: host, access = 'read' } = typeof given === 'string' ? { path: given } : given
  return { at, path: path.resolve(folder, host), access }
}

function invalid(place: string, reason: string, fix?: string) {
  return errors.WAGI_CONFIG_INVALID({ path: place, reason, fix })
}
