import type { UseEntry } from './protocol.js'

/** What a use that was denied would have needed. */
export interface MissingGrant {
  /** What to do, in a sentence. */
  readonly says: string
  /** For the `capabilities` of `wasm-plugin.json`; null where the plugin asks already, or need not. */
  readonly manifest: string | null
  /** For the `grants` of `host.load`; null where no grant would help. */
  readonly grant: string | null
}

/**
 * The smallest grant that would have allowed a use, as a person would write it. Texts of the plugin stand in it as string
 * literals.
 */
export function missingGrant(use: UseEntry): MissingGrant {
  const line = lineFor(use)
  switch (use.reason) {
    case 'denied by rule':
      return {
        says: `The grants deny it by the rule \`${use.rule ?? ''}\`, which counts for more than what they allow.`,
        manifest: null,
        grant: null,
      }
    case 'taken back':
      return {
        says: 'It was granted and has been taken back. Loading the plugin again, or an update with grants, gives it anew.',
        manifest: null,
        grant: line.grant,
      }
    case 'not asked for':
      return {
        says: 'The manifest of the plugin does not ask for it. Its author adds the request; then it can be granted.',
        ...line,
      }
    default:
      return {
        says: 'The plugin asks, and no grant has it. This is what is missing:',
        manifest: null,
        grant: line.grant,
      }
  }
}

interface Line {
  readonly manifest: string | null
  readonly grant: string
}

function lineFor({ capability, operation, target }: UseEntry): Line {
  const makes = Object.hasOwn(LINES, capability) ? LINES[capability] : undefined
  if (makes !== undefined) return makes(operation, target)
  const name = capability.replace(/^app\./, '')
  return { manifest: null, grant: `app: { ${key(name)}: [${text(target)}] }` }
}

const LINES: Readonly<Record<string, (operation: string, target: string) => Line>> = {
  fs(operation, target) {
    const at = folderOf(target)
    const access = WRITES.has(operation) ? 'read-write' : 'read'
    return {
      manifest: `"fs": [{ "at": ${text(at)}, "access": "${access}", "reason": "…" }]`,
      grant: `fs: [{ path: '…', at: ${text(at)}, access: '${access}' }]`,
    }
  },
  net(operation, target) {
    const pattern = /^https?:/.test(target) ? `${operation} ${target}` : target
    return {
      manifest: `"net": [{ "allow": ${text(pattern)}, "reason": "…" }]`,
      grant: `net: [${text(pattern)}]`,
    }
  },
  env: (_, target) => ({
    manifest: `"env": [{ "key": ${text(target)}, "reason": "…" }]`,
    grant: `env: { ${key(target)}: '…' }`,
  }),
  config: (_, target) => ({ manifest: null, grant: `config: { ${key(target)}: '…' }` }),
  keyvalue: (_, target) => ({ manifest: null, grant: `keyvalue: { ${key(target)}: {} }` }),
}

const WRITES = new Set([
  'create',
  'write',
  'mkdir',
  'rmdir',
  'unlink',
  'rename',
  'link',
  'symlink',
  'set-times',
])

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function text(of: string): string {
  return JSON.stringify(of)
}

function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && name !== '__proto__' ? name : `[${text(name)}]`
}
