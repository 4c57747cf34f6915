import { preview1 } from '@wasm-plugin/runtime/early'
import { capabilities } from './capabilities.js'
import { type InterfaceOffer, opened } from './capability.js'
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

const FREE: InterfaceOffer = { fix: 'It needs no grant.', isGranted: () => true }

const free = (pkg: string, names: readonly string[]) =>
  opened(
    names.map((name) => `${pkg}/${name}`),
    FREE,
  )

/** Every interface that is answered, without its version: any 0.2.x is served by one implementation. */
const INTERFACES = new Map<string, InterfaceOffer>(
  [
    free('wasi:io', ['error', 'poll', 'streams']),
    free('wasi:clocks', ['monotonic-clock', 'wall-clock', 'timezone']),
    free('wasi:random', ['random', 'insecure', 'insecure-seed']),
    free('wasi:cli', ['exit', 'stdin', 'stdout', 'stderr']),
    free('wasi:cli', ['terminal-input', 'terminal-output']),
    free('wasi:cli', ['terminal-stdin', 'terminal-stdout', 'terminal-stderr']),
    free('wasi:logging', ['logging']),
    ...Object.values(capabilities).map(({ interfaces }) => interfaces),
  ].flatMap((interfaces) => Object.entries(interfaces)),
)

/** Those of a core module of preview 1, which is over the interfaces of 0.2. */
const OLD: readonly string[] = [preview1.functions, preview1.memory]

/** `name` as the component writes it: `wasi:cli/environment@0.2.3`. */
export function offerOf(name: string, grants: GrantSet): Offer {
  if (OLD.includes(name)) return { kind: 'granted', fix: FREE.fix }
  const base = baseName(name)
  const entry = base === null ? undefined : INTERFACES.get(base)
  if (entry !== undefined)
    return { kind: entry.isGranted(grants) ? 'granted' : 'denied-stub', fix: entry.fix }
  const fix = name.startsWith('wasi:')
    ? `This host answers WASI 0.2; "${name}" is not part of it. Build the plugin for WASI 0.2, or provide the interface in \`imports\`.`
    : `Provide it: \`imports: { '${name.slice(0, 200)}': { … } }\`.`
  return { kind: 'unknown', fix }
}
