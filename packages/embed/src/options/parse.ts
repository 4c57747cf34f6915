import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { ownData } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'

/** Its own fields, as they are: what they hold may be objects with methods. @throws {OPTIONS_INVALID} */
export function fieldsOf<T extends object>(input: T, where: string): T {
  const { issue } = checkShape(anyObject, input)
  if (issue !== undefined) throw errors.OPTIONS_INVALID({ path: where, reason: issue.reason })
  return Object.assign(Object.create(null), input)
}

const anyObject = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected object',
)

/** @throws {OPTIONS_INVALID} */
export function parse<S extends z.ZodMiniType>(schema: S, input: unknown, where: string): z.infer<S> {
  const invalid = (path: string, reason: string, fix?: string) =>
    errors.OPTIONS_INVALID({ path: path === '' ? where : `${where}.${path}`, reason, fix })
  const { data, issue } = checkShape(schema, ownData(input, invalid))
  if (issue !== undefined) throw invalid(issue.path, issue.reason, issue.fix)
  return ownData(data, invalid) as z.infer<S>
}

/** Drops keys that are present but undefined, so that they do not hide a default. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
