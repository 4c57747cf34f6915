import type { ClientRequest } from 'node:http'
import type { WebTarget } from '@wasm-plugin/wasi'
import { type FieldList, isForbiddenField } from '@wasm-plugin/wasi'

/** The headers of a request: those of the plugin, without those of the connection. */
export function setHeaders(request: ClientRequest, { target }: WebTarget, headers: FieldList): void {
  const standard = target.port === (target.scheme === 'https' ? 443 : 80)
  const values = new Map<string, string[]>([
    ['host', [standard ? target.host : `${target.host}:${target.port}`]],
  ])
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (isForbiddenField(key)) continue
    values.set(key, [...(values.get(key) ?? []), latin1(value)])
  }
  for (const [name, list] of values) request.setHeader(name, list.length === 1 ? (list[0] ?? '') : list)
}

export function addTrailers(request: ClientRequest, trailers: FieldList): void {
  if (trailers.length > 0)
    request.addTrailers(trailers.map(([name, value]): [string, string] => [name, latin1(value)]))
}

/** Fields that arrived, without those of the connection, which has no meaning to the plugin. */
export function fieldsOf(raw: readonly string[]): FieldList {
  const fields: [string, Uint8Array][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase()
    if (!isForbiddenField(name)) fields.push([name, new Uint8Array(Buffer.from(raw[i + 1] ?? '', 'latin1'))])
  }
  return fields
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
