import path from 'node:path'
import type { SigningKey } from '@wasm-plugin/registry'
import { PluginError } from '@wasm-plugin/runtime/errors'
import type { Context } from '../command.js'
import { readNamedText } from '../project/files.js'
import { askPassphrase } from './ask.js'

export const PASSPHRASE = 'WASM_PLUGIN_KEY_PASSPHRASE'

/**
 * The private key in a file. Its passphrase is that of the environment, or asked for.
 *
 * @throws {PATH_NOT_FOUND} {KEY_INVALID} {KEY_PASSPHRASE}
 */
export async function readSigningKey(
  { cwd, env, interactive, signal }: Context,
  file: string,
): Promise<SigningKey> {
  const pem = await readNamedText(path.resolve(cwd, file), 'the key')
  const { readPrivateKey } = await import('@wasm-plugin/registry')
  try {
    return readPrivateKey(pem, env[PASSPHRASE])
  } catch (error) {
    if (!interactive || !PluginError.is(error, 'KEY_PASSPHRASE')) throw error
    return readPrivateKey(pem, await askPassphrase('The passphrase of the key:', signal))
  }
}
