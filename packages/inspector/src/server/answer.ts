import type { ServerResponse } from 'node:http'
import { PluginError } from '@wasm-plugin/host'
import { showText } from '@wasm-plugin/runtime/text'

/** The page runs its own script, talks to its own server and is in nobody's frame; text that becomes markup is an error. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export function begin(response: ServerResponse, status: number, type: string, headers: object = {}): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type, ...headers })
}

export function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: object = {},
): void {
  begin(response, status, type, { 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value))
}

/** A refusal, by its code; what has none is not told to a page. */
export function sendError(response: ServerResponse, error: unknown): void {
  const isKnown = PluginError.is(error)
  const { code, message, hint } = isKnown
    ? error
    : { code: 'INTERNAL', message: 'the application failed', hint: 'Its log may say why.' }
  const status = STATUS.get(code) ?? (isKnown ? 409 : 500)
  const shown = { code, message: showText(message, MAX_MESSAGE), hint: showText(hint, MAX_MESSAGE) }
  sendJson(response, { error: shown }, status)
}

const MAX_MESSAGE = 4_000

/** What a lever of the host has against it is a conflict, 409. */
const STATUS = new Map([
  ['INSPECTOR_HOST_REFUSED', 421],
  ['INSPECTOR_ORIGIN_REFUSED', 403],
  ['INSPECTOR_TOKEN_WRONG', 401],
  ['INSPECTOR_READ_ONLY', 403],
  ['INSPECTOR_REQUEST_INVALID', 400],
  ['INSPECTOR_PLUGIN_GONE', 404],
  ['INSPECTOR_BUSY', 503],
])
