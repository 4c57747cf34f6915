import { checkShape } from '@wasm-plugin/manifest/shape'
import * as z from 'zod/mini'
import { packageErrors } from './errors/index.js'

/** Nothing is the current folder, where a path is meant. */
const text = z.optional(z.string().check(z.minLength(1)))
const flag = z.optional(z.boolean())
const names = z.array(z.string())
const optionsSchema = z.strictObject({
  folder: text,
  lockFile: text,
  trustFile: text,
  cacheFolder: text,
  // That of a process is no plain object.
  env: z.optional(z.custom((value) => typeof value === 'object' && value !== null, 'expected an object')),
  registries: z.optional(z.record(z.string(), z.string())),
  otherwise: text,
  frozen: flag,
  offline: flag,
  trustOnFirstUse: flag,
  confirm: z.optional(z.custom((value) => typeof value === 'function', 'expected a function')),
  maxBytes: z.optional(z.int().check(z.positive())),
  fit: z.optional(z.strictObject({ imports: names, exports: names })),
})

/**
 * A misspelt `frozen` or `trustFile` would leave an application less guarded than whoever wrote it believes.
 * @throws {REGISTRY_OPTIONS_INVALID}
 */
export function checkOptions(options: unknown): void {
  const { issue } = checkShape(optionsSchema, options)
  if (issue === undefined) return
  const { path, reason, fix } = issue
  throw packageErrors.REGISTRY_OPTIONS_INVALID({ reason: path === '' ? reason : `${path}: ${reason}`, fix })
}
