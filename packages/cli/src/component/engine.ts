import { Component, PluginError } from '@wasm-plugin/runtime'
import type { PluginFile } from './read.js'

/**
 * Why the engine of this Node does not compile a component that is one by its own rules, or null: another Node may.
 */
export async function whyNotHere({ bytes }: Pick<PluginFile, 'bytes'>): Promise<string | null> {
  try {
    await Component.compile(bytes)
    return null
  } catch (error) {
    if (PluginError.is(error)) return error.message
    throw error
  }
}
