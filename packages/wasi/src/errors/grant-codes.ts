import { defineErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r
const list = (names: readonly string[]) =>
  names.length === 0 ? 'none' : names.map((n) => `"${n}"`).join(', ')

/** What can be wrong with grants, and with what they name. Codes are permanent: add, never rename. */
export const grantErrorTable = {
  GRANTS_INVALID: row<{ path: string; reason: string; fix?: string | undefined }>({
    origin: 'app',
    summary: 'A grant has an unknown key, a value of the wrong type, or contradicts another grant.',
    message: (d) => `invalid grant ${d.path}: ${d.reason}`,
    hint: (d) =>
      d.fix ?? '`docs/grants.md` and the type `GrantsInput` say what each grant takes, and in which unit.',
  }),
  UNKNOWN_GRANT: row<{ name: string; known: readonly string[]; guess?: string | undefined }>({
    origin: 'app',
    summary: 'The grants name a capability that does not exist.',
    message: (d) => `there is no capability "${d.name}"`,
    hint: (d) => `${d.guess ? `Did you mean \`${d.guess}\`? ` : ''}The capabilities are ${list(d.known)}.`,
  }),
  GRANT_PATH_MISSING: row<{ path: string; at: string }>({
    origin: 'app',
    summary: 'The host path of a file grant does not exist.',
    message: (d) => `the path "${d.path}", granted at "${d.at}", does not exist`,
    hint: 'Create the directory before loading the plugin; a grant never creates it.',
  }),
  GRANT_PATH_NOT_DIRECTORY: row<{ path: string; at: string }>({
    origin: 'app',
    summary: 'The host path of a file grant is not a directory that can be granted.',
    message: (d) => `the path "${d.path}", granted at "${d.at}", is not an ordinary directory`,
    hint: 'Grant a directory on a real file system; to share one file, put it in a directory of its own.',
  }),
  FOLDER_NOT_PERMITTED: row<{ folder: string; at: string; mode: 'read' | 'readwrite' }>({
    origin: 'app',
    summary: 'The person at the page has not allowed the folder of a file grant, or allows it no more.',
    message: (d) => `the folder "${d.folder}", granted at "${d.at}", is not open to the page for "${d.mode}"`,
    hint: (d) =>
      `Ask the person in a click, \`await handle.requestPermission({ mode: '${d.mode}' })\`, before loading the plugin.`,
  }),
  MEMORY_GRANT_MISSING: row<{ at: string; known: readonly string[] }>({
    origin: 'app',
    summary: 'Files were asked for at a path where none are granted in memory.',
    message: (d) => `no files in memory are granted at "${d.at}"; there are some at ${list(d.known)}`,
    hint: "Grant them: `grants: { fs: [{ memory: {}, at: '/out', access: 'read-write' }] }`. Files of a directory are read with `node:fs`.",
  }),
  STORE_UNSAFE: row<{ store: string; file: string; grant: string }>({
    origin: 'app',
    summary:
      'The file of a key-value store lies where the plugin may write, so it could lead the host elsewhere by a link.',
    message: (d) =>
      `the plugin could replace ${d.file}, which keeps the store "${d.store}", through its grant "${d.grant}"`,
    hint: 'Put the file outside of every directory that the plugin is granted for writing.',
  }),
  GRANTS_NOT_NARROWER: row<{ grant: string; reason: string }>({
    origin: 'app',
    summary: 'The grants of a running plugin were to be replaced by some that are not narrower.',
    message: (d) => `the grant "${d.grant}" is not narrower: ${d.reason}`,
    hint: 'Grants of a running plugin can only be taken away; load the plugin again to give it more.',
  }),
  UNKNOWN_RULE: row<{ rule: string; rules: readonly string[] }>({
    origin: 'app',
    summary: 'A rule was to be revoked that the plugin does not have.',
    message: (d) => `the plugin has no rule "${d.rule}"; it has ${list(d.rules)}`,
    hint: 'Use a text of `plugin.grants.rules`, or the name of a capability (`fs`, `net`, `env`, `config`, `keyvalue`, `app.…`) for all of its rules.',
  }),
  STORE_UNUSABLE: row<{ store: string; file: string; reason: string }>({
    origin: 'app',
    summary: 'The file of a key-value store cannot be read, or holds something else. It was left as it is.',
    message: (d) => `the store "${d.store}" cannot be kept in ${d.file}: ${d.reason}`,
    hint: 'Name a file that does not exist yet, or one that a store was kept in before.',
  }),
  SERVICE_UNAVAILABLE: row<{ service: string }>({
    origin: 'app',
    summary: 'The plugin used a service of the host that is not reachable from where the plugin runs.',
    message: (d) => `the service "${d.service}" is not available to this plugin`,
    hint: 'Network access needs worker isolation.',
  }),
} as const

export const errors = defineErrors(grantErrorTable)
