import { showText } from '@wasm-plugin/runtime/text'
import { transportErrors as errors } from '../errors/index.js'
import type { Answer, Wire } from './wire.js'

/** What a registry says when it refuses something, as it may be shown. */
export async function refusalOf(
  answer: Answer,
  wire: Wire,
  { registry, action, secrets }: { registry: string; action: string; secrets: readonly string[] },
): Promise<Error> {
  const text = await wire.bytes(answer, action, MAX_BYTES).catch(() => Buffer.alloc(0))
  const reason = showText(masked(wordsOf(text.toString()), secrets), MAX_CHARACTERS) || 'it does not say why'
  const { status } = answer
  if (status === 401 || status === 403) return errors.REGISTRY_DENIED({ registry, reason })
  if (status === 429 || status >= 500) return errors.REGISTRY_BUSY({ registry, action, status, reason })
  return errors.REGISTRY_REFUSED({ registry, action, status, reason })
}

/** Errors of the specification, or plain text, or the text of a page. */
function wordsOf(text: string): string {
  try {
    const { errors: list } = JSON.parse(text) as { errors?: unknown }
    if (Array.isArray(list))
      return list
        .map((one) => [one?.code, one?.message].filter((part) => typeof part === 'string').join(': '))
        .join('; ')
  } catch {
    // It is text.
  }
  return text
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A server may repeat what was sent to it. */
function masked(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
}

const MAX_BYTES = 64 << 10
const MAX_CHARACTERS = 300
