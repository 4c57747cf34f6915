import path from 'node:path'
import type { GrantsInput } from '@wasm-plugin/host'
import { usageErrors } from '../errors/index.js'
import { shellWord } from '../output/shell-word.js'

/** What a plugin may use, on the command line. */
export const grantOptions = {
  'allow-read': { kind: 'list', value: 'path[:at]', description: 'a folder to read' },
  'allow-write': { kind: 'list', value: 'path[:at]', description: 'a folder to read and write' },
  'allow-net': { kind: 'list', value: 'pattern', description: 'a host to reach' },
  'allow-env': { kind: 'list', value: 'key[=value]', description: 'a variable to see' },
} as const

export type AllowFlags = Readonly<Record<keyof typeof grantOptions, readonly string[]>>

/**
 * The grants that the `--allow-*` flags spell.
 *
 * @param warn Hears of variables that are to be passed on and are not set.
 * @throws {INVALID_OPTION}
 */
export function toGrants(
  flags: AllowFlags,
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
  warn: (text: string) => void,
): GrantsInput {
  const folders = (option: 'allow-read' | 'allow-write', access: 'read' | 'read-write') =>
    flags[option].map((flag) => ({ ...splitPlace(flag, { cwd, option: `--${option}` }), access }))
  const variables = flags['allow-env'].map((text) => splitVariable(text, env, warn))
  return {
    fs: [...folders('allow-read', 'read'), ...folders('allow-write', 'read-write')],
    net: [...flags['allow-net']],
    env: Object.fromEntries(variables.filter((entry) => entry !== undefined)),
  }
}

/** `./data` is seen as `/data`, `./data:/in` as `/in`. @throws {INVALID_OPTION} */
function splitPlace(
  text: string,
  { cwd, option }: { cwd: string; option: string },
): { path: string; at: string } {
  const [, folder = text, at] = /^(.*):(\/.*)$/.exec(text) ?? []
  // To `path.resolve` nothing is the current folder.
  if (folder === '')
    throw usageErrors.INVALID_OPTION({ option, value: text, expected: 'folder or folder:/at' })
  const absolute = path.resolve(cwd, folder)
  return { path: absolute, at: at ?? `/${path.basename(absolute)}` }
}

function splitVariable(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void,
): [string, string] | undefined {
  const at = text.indexOf('=')
  const key = at === -1 ? text : text.slice(0, at)
  if (key === '')
    throw usageErrors.INVALID_OPTION({ option: '--allow-env', value: text, expected: 'KEY or KEY=value' })
  const value = at !== -1 ? text.slice(at + 1) : Object.hasOwn(env, key) ? env[key] : undefined
  // A variable that is not set here stays not set: that is the value it has.
  if (value !== undefined) return [key, value]
  warn(
    `warning: ${key} is not set here, and so not for the plugin; \`--allow-env ${shellWord(key)}=…\` sets it`,
  )
  return undefined
}

const UNITS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
])

/** The longest that a timer waits. */
const MAX_MS = 2 ** 31 - 1

/**
 * `500ms`, `5s`, `1m` in milliseconds.
 *
 * @throws {INVALID_OPTION}
 */
export function parseTimeout(text: string, option = '--timeout'): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  const ms = Math.round(Number(number) * (UNITS.get(unit) ?? 1))
  if (number !== '' && ms > 0 && ms <= MAX_MS) return ms
  throw usageErrors.INVALID_OPTION({
    option,
    value: text,
    expected: number === '' || ms === 0 ? 'a time with its unit, such as 500ms or 5s' : '24 days at most',
  })
}
