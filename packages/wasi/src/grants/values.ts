import * as z from '@wasm-plugin/manifest/shape'
import type { EnvGrant } from './grant-set.js'
import { notNarrower } from './narrower.js'

export const valueName = z
  .string()
  .check(z.refine((key) => key !== '' && !/[=\0]/.test(key), 'expected the name of a variable'))
export const plainValue = z
  .string()
  .check(z.refine((value) => !value.includes('\0'), 'the value holds a NUL character'))

/** A list of names keeps their values; a record has to have the same ones. @throws {GRANTS_NOT_NARROWER} */
export function narrowValues(
  capability: 'env' | 'config',
  now: readonly EnvGrant[],
  input: readonly string[] | Readonly<Record<string, string>>,
): EnvGrant[] {
  const entries: (readonly [string, string | undefined])[] = Array.isArray(input)
    ? input.map((key) => [key, undefined] as const)
    : Object.entries(input)
  return entries.map(([key, value]) => {
    const entry = now.find((granted) => granted.key === key)
    if (entry === undefined) throw notNarrower(`${capability} ${key}`, 'it is not granted now')
    if (value !== undefined && value !== entry.value)
      throw notNarrower(`${capability} ${key}`, 'it has another value now')
    return entry
  })
}

export function byKey(entries: readonly EnvGrant[]): Record<string, string> {
  return asRecord(entries.map(({ key, value }) => [key, value]))
}

/** Names may be those of what objects inherit. */
export function asRecord<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}
