import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { builtIn } from '../../node/built-in.js'
import type { Address } from './resolve.js'

const PATH =
  process.platform === 'win32'
    ? join(process.env.SystemRoot ?? 'C:\\Windows', 'System32\\drivers\\etc\\hosts')
    : '/etc/hosts'

interface Read {
  /** When the file was changed. */
  readonly of: number
  readonly names: ReadonlyMap<string, readonly Address[]>
}

let last: Read = { of: 0, names: new Map() }

/** The addresses that the system's file of hosts has for a name; none if it cannot be read. */
export async function findInHosts(host: string): Promise<readonly Address[]> {
  try {
    const { mtimeMs } = await stat(PATH)
    if (mtimeMs !== last.of) last = { of: mtimeMs, names: parseHosts(await readFile(PATH, 'utf8')) }
  } catch {
    return []
  }
  return last.names.get(host) ?? []
}

/** Lines of an address and its names; `#` begins a comment. */
export function parseHosts(text: string): Map<string, Address[]> {
  const names = new Map<string, Address[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...hosts] = line.replace(/#.*/, '').trim().split(/\s+/)
    const family = builtIn.net.isIP(address)
    if (family === 0) continue
    for (const host of hosts.map((name) => name.toLowerCase()))
      names.set(host, [...(names.get(host) ?? []), { address, family }])
  }
  return names
}
