import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import type { CompileLimits } from '@wasm-plugin/runtime'
import { PluginError } from '@wasm-plugin/runtime'
import type { CheckedComponent } from '@wasm-plugin/runtime/internal'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'

/** The binary of a component or core module in text form; nothing is validated on the way. */
export function binary(text: string): Promise<Uint8Array> {
  return parse(text)
}

export async function decodeText(text: string, limits?: Partial<CompileLimits>): Promise<CheckedComponent> {
  return decodeComponent(await binary(text), limits)
}

/** The error of decoding `bytes`, as `CODE: message`; fails when there is none, or when it is not a coded one. */
export function refusal(bytes: Uint8Array, limits?: Partial<CompileLimits>): string {
  try {
    decodeComponent(bytes, limits)
  } catch (error) {
    if (PluginError.is(error)) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

export async function refusalOf(text: string, limits?: Partial<CompileLimits>): Promise<string> {
  return refusal(await binary(text), limits)
}

/**
 * One construct of the format: texts that are accepted, and texts that are refused with the error beside them. A text
 * is the inside of a component.
 */
export function construct(
  name: string,
  { good, bad }: { good: string[]; bad: Record<string, RegExp> },
): void {
  describe(name, () => {
    it.each(good)('accepts %s', async (inside) => {
      expect(await refusalOf(`(component ${inside})`)).toBe('accepted')
    })
    it.each(Object.entries(bad))('refuses %s', async (inside, error) => {
      expect(await refusalOf(`(component ${inside})`)).toMatch(error)
    })
  })
}
