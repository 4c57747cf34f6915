import type { IncomingMessage } from 'node:http'
import { errors } from '../errors/index.js'

/** The bytes of a request. @throws {INSPECTOR_REQUEST_INVALID} */
export async function bytesOf(
  request: IncomingMessage,
  type: string,
  maxBytes: number,
): Promise<Buffer<ArrayBuffer>> {
  // One that a form cannot send.
  if (request.headers['content-type'] !== type)
    throw errors.INSPECTOR_REQUEST_INVALID({ reason: `its content is not ${type}` })
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes)
      throw errors.INSPECTOR_REQUEST_INVALID({ reason: `it has more than ${maxBytes} bytes` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The object that a request has as JSON. @throws {INSPECTOR_REQUEST_INVALID} */
export async function objectOf(request: IncomingMessage): Promise<ReadonlyMap<string, unknown>> {
  const bytes = await bytesOf(request, 'application/json', MAX_JSON)
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value === 'object' && value !== null) return new Map(Object.entries(value))
  } catch {
    // Said below.
  }
  throw errors.INSPECTOR_REQUEST_INVALID({ reason: 'its content is no object of JSON' })
}

const MAX_JSON = 64 << 10
