import { ComponentError } from '@wasm-plugin/runtime'
import type { AccessEvent, RequestHead, ServiceArgs, ServiceName } from '@wasm-plugin/wasi'
import { createGate } from '@wasm-plugin/wasi/instance'
import { type Lookup, Services } from '#internal'
import { grantControl, parseGrants } from './grants.js'

/** The HTTP client of one plugin, as its thread would use it. */
export function client(net: unknown, lookup?: Lookup) {
  const grants = parseGrants({ net })
  const events: AccessEvent[] = []
  const gate = createGate('test', grants, (event) => events.push(event))
  const control = grantControl(gate.grants)
  const services = new Services({ gate, ...(lookup ? { lookup } : {}) }).forThread()
  const call = <K extends ServiceName>(service: K, ...args: ServiceArgs<K>) => services.answer(service, args)
  const open = (authority: string, more: Partial<RequestHead> = {}): Promise<number> =>
    call('http.open', {
      method: 'GET',
      scheme: 'http',
      authority,
      pathWithQuery: '/',
      headers: [],
      connectTimeoutMs: null,
      firstByteTimeoutMs: null,
      betweenBytesTimeoutMs: null,
      ...more,
    } satisfies RequestHead)
  /** Everything of one exchange, or the error code that it ends with. */
  const fetch = async (authority: string, more: Partial<RequestHead> & { body?: string[] } = {}) => {
    const { body = [], ...head } = more
    try {
      const id = await open(authority, head)
      for (const chunk of body) await call('http.write', id, new TextEncoder().encode(chunk))
      await call('http.end', id, [])
      const { status, headers } = await call('http.response', id)
      let text = ''
      for (
        let { bytes: chunk } = await call('http.read', id, 65_536, true);
        chunk !== null;
        chunk = (await call('http.read', id, 65_536, true)).bytes
      )
        text += new TextDecoder().decode(chunk)
      await call('http.close', id)
      return { status, text, headers: new Map(headers.map(([n, v]) => [n, new TextDecoder().decode(v)])) }
    } catch (error) {
      if (ComponentError.is(error)) return (error.payload as { tag: string }).tag
      throw error
    }
  }
  return { open, call, fetch, events, services, control }
}
