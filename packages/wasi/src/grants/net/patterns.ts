import type { NetRule } from '@wasm-plugin/manifest/grammar'
import type { NetInput } from './schema.js'

/** A list of patterns, in which a leading `!` is a denial, as the object that it stands for. */
export function splitNet(input: NetInput) {
  if (!Array.isArray(input)) {
    const { allow, deny = [], privateAddresses, limits } = input
    return { allow, deny, privateAddresses, limits: defined(limits ?? {}) }
  }
  const denials = input.filter((pattern) => pattern.startsWith('!'))
  return {
    allow: input.filter((pattern) => !pattern.startsWith('!')),
    deny: denials.map((pattern) => pattern.slice(1).trimStart()),
    privateAddresses: undefined,
    limits: {},
  }
}

/** Who may open a socket to a name may look the name up. */
export function withLookup(rule: NetRule): NetRule[] {
  if (rule.scheme !== 'tcp' && rule.scheme !== 'udp') return [rule]
  return [rule, { ...rule, scheme: 'dns', port: null }]
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
