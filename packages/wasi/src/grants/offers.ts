import type { GrantSet } from './grant-set.js'
import { baseName } from './interface-name.js'

/**
 * What an import of a component gets. `denied-stub` is an interface that is there and answers every use with the
 * error of its own WIT, because ordinary standard libraries import it without using it, or because a plugin should be
 * able to go on without it.
 */
export interface Offer {
  readonly kind: 'granted' | 'denied-stub' | 'unknown'
  /** What to write to have it granted, for the message when it is refused. */
  readonly fix: string
}

const FREE = 'It needs no grant.'
const FS = "Grant a directory: `grants: { fs: [{ path: './data', at: '/data', access: 'read' }] }`."
const NET = "Grant a host: `grants: { net: ['https://api.example.com'] }`."
const ENV = "Grant variables: `grants: { env: { LANG: 'de' } }`."
const CONFIG = "Grant values: `grants: { config: { theme: 'dark' } }`."
const STORE = 'Grant a store: `grants: { keyvalue: { default: {} } }`.'
const SOCKETS = "Grant an address: `grants: { net: ['tcp://db.example.com:5432'] }`."

/** Every interface that is answered, without its version: any 0.2.x is served by one implementation. */
const INTERFACES = new Map<string, readonly [fix: string, granted: (grants: GrantSet) => boolean]>([
  ...free('wasi:io', ['error', 'poll', 'streams']),
  ...free('wasi:clocks', ['monotonic-clock', 'wall-clock', 'timezone']),
  ...free('wasi:random', ['random', 'insecure', 'insecure-seed']),
  ...free('wasi:cli', ['exit', 'stdin', 'stdout', 'stderr']),
  ...free('wasi:cli', ['terminal-input', 'terminal-output']),
  ...free('wasi:cli', ['terminal-stdin', 'terminal-stdout', 'terminal-stderr']),
  ['wasi:logging/logging', [FREE, () => true]],
  ['wasi:config/store', [CONFIG, ({ config }) => config.length > 0]],
  ...['store', 'atomics', 'batch'].map(
    (name): Entry => [`wasi:keyvalue/${name}`, [STORE, ({ keyvalue }) => keyvalue.length > 0]],
  ),
  ['wasi:cli/environment', [ENV, ({ env }) => env.length > 0]],
  ...['types', 'preopens'].map((name) => fsInterface(`wasi:filesystem/${name}`)),
  ...['types', 'outgoing-handler'].map((name) => netInterface(`wasi:http/${name}`, NET, ['http', 'https'])),
  ...['instance-network', 'network', 'ip-name-lookup'].map((name) =>
    netInterface(`wasi:sockets/${name}`, SOCKETS, ['tcp', 'udp', 'dns']),
  ),
  ...['tcp', 'tcp-create-socket'].map((name) => netInterface(`wasi:sockets/${name}`, SOCKETS, ['tcp'])),
  ...['udp', 'udp-create-socket'].map((name) => netInterface(`wasi:sockets/${name}`, SOCKETS, ['udp'])),
])

/** `name` as the component writes it: `wasi:cli/environment@0.2.3`. */
export function offerOf(name: string, grants: GrantSet): Offer {
  const base = baseName(name)
  const entry = base === null ? undefined : INTERFACES.get(base)
  if (entry !== undefined) return { kind: entry[1](grants) ? 'granted' : 'denied-stub', fix: entry[0] }
  const fix = name.startsWith('wasi:')
    ? `This host answers WASI 0.2; "${name}" is not part of it. Build the plugin for WASI 0.2, or provide the interface in \`imports\`.`
    : `Provide it: \`imports: { '${name.slice(0, 200)}': { … } }\`.`
  return { kind: 'unknown', fix }
}

type Entry = [string, readonly [string, (grants: GrantSet) => boolean]]

function free(pkg: string, names: readonly string[]): Entry[] {
  return names.map((name) => [`${pkg}/${name}`, [FREE, () => true]])
}

function fsInterface(name: string): Entry {
  return [name, [FS, ({ fs }) => fs.length > 0]]
}

function netInterface(name: string, fix: string, schemes: readonly string[]): Entry {
  return [name, [fix, ({ net }) => net.allow.some((rule) => schemes.includes(rule.scheme))]]
}
