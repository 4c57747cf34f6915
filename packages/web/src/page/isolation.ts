import { errors } from '@wasm-plugin/embed'

/** What isolates a page from others, which is what lets its threads share memory. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': ['same-origin'],
  'Cross-Origin-Embedder-Policy': ['require-corp', 'credentialless'],
} as const

/** @throws {NOT_ISOLATED} */
export async function requireIsolation(): Promise<void> {
  if (!globalThis.crossOriginIsolated) throw errors.NOT_ISOLATED({ missing: await missing() })
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
