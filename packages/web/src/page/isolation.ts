import { errors } from '@wasm-plugin/embed'
import type { GrantSet } from '@wasm-plugin/wasi'

/** What isolates a page from others, which is what lets its threads share memory. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': ['same-origin'],
  'Cross-Origin-Embedder-Policy': ['require-corp', 'credentialless'],
} as const

/** A thread that waits for the page sleeps, until it sees an answer in memory that both have. */
export function canSleep(): boolean {
  return globalThis.crossOriginIsolated
}

/** A thread can wait for the page, asleep or with its plugin suspended until a message comes. */
export function canWait(): boolean {
  return canSleep() || (globalThis.isSecureContext && 'Suspending' in WebAssembly)
}

/** @throws {NOT_ISOLATED} */
export async function requireWaiting({ fs }: GrantSet): Promise<void> {
  if (!canWait()) throw errors.NOT_ISOLATED({ missing: await missing() })
  if (canSleep()) return
  // Each thread has a copy of what is read alone.
  const shared = fs.find(({ access, memory }) => memory === null || access !== 'read')
  if (shared !== undefined) throw errors.NOT_ISOLATED({ at: shared.at, missing: await missing() })
}

/** What to send or to do, as far as the page can find out. */
async function missing(): Promise<string[]> {
  if (!globalThis.isSecureContext) return ['https: or localhost']
  const response = await fetch(globalThis.location.href, { method: 'HEAD' }).catch(() => undefined)
  if (response === undefined) return wanted(Object.keys(HEADERS) as Header[])
  const names = (Object.keys(HEADERS) as Header[]).filter((name) => {
    const [value = ''] = (response.headers.get(name) ?? '').split(';')
    return !(HEADERS[name] as readonly string[]).includes(value.trim())
  })
  return names.length > 0 ? wanted(names) : ['allow="cross-origin-isolated" of the frame that the page is in']
}

type Header = keyof typeof HEADERS

function wanted(names: readonly Header[]): string[] {
  return names.map((name) => `${name}: ${HEADERS[name][0]}`)
}
