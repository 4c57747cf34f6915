import { ComponentError } from '@wasm-plugin/runtime'
import { GrantControl } from '../../src/grants/control.js'
import { type AccessEvent, createGate } from '../../src/grants/gate.js'
import { parseGrants } from '../../src/grants/parse.js'
import type { RequestHead, ResponseHead } from '../../src/services/net/http-protocol.js'
import type { Lookup } from '../../src/services/net/resolve.js'
import { Services } from '../../src/services/services.js'

/** The HTTP client of one plugin, as its thread would use it. */
export function client(net: unknown, lookup?: Lookup) {
  const grants = parseGrants({ net })
  const events: AccessEvent[] = []
  const gate = createGate('test', grants, (event) => events.push(event))
  const control = new GrantControl(gate.grants, () => {})
  const services = new Services({ gate, ...(lookup ? { lookup } : {}) }).forThread()
  // biome-ignore lint/suspicious/noExplicitAny: the services are untyped at this seam.
  const call = (name: string, ...args: unknown[]): Promise<any> => {
    const handler = services.handlers[`http.${name}`]
    if (handler === undefined) throw new TypeError(name)
    return handler(args)
  }
  const open = (authority: string, more: Partial<RequestHead> = {}): Promise<number> =>
    call('open', {
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
      for (const chunk of body) await call('write', id, new TextEncoder().encode(chunk))
      await call('end', id, [])
      const { status, headers }: ResponseHead = await call('response', id)
      let text = ''
      for (
        let chunk = await call('read', id, 65_536, true);
        chunk !== null;
        chunk = await call('read', id, 65_536, true)
      )
        text += new TextDecoder().decode(chunk)
      await call('close', id)
      return { status, text, headers: new Map(headers.map(([n, v]) => [n, new TextDecoder().decode(v)])) }
    } catch (error) {
      if (ComponentError.is(error)) return (error.payload as { tag: string }).tag
      throw error
    }
  }
  return { open, call, fetch, events, services, control }
}
