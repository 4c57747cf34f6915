import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Route, WagiOptions } from '@wasm-plugin/gateway'
import { assembleWat, isWat } from '@wasm-plugin/sdk'
import { unreadable } from './unreadable.js'

/** A `modules.toml`, whose routes are known once a host runs it. */
export interface Modules extends Omit<WagiOptions, 'host'> {
  readonly source: string
  /** Of every module. */
  readonly limits?: Route['limits']
  /** It, and the modules that were read. */
  readonly files: Iterable<string>
}

/** @throws {PATH_NOT_FOUND} {PATH_UNREADABLE} {NOT_A_FILE} */
export async function readModules(
  file: string,
  { cwd, env, warn }: { cwd: string; env: Modules['env']; warn: (text: string) => void },
): Promise<Modules> {
  const where = path.resolve(cwd, file)
  const source = await readFile(where, 'utf8').catch((error) => {
    throw unreadable(error, file)
  })
  const files = new Set([where])
  const read = (module: string) => {
    files.add(module)
    return readModule(module)
  }
  const onWarning = (text: string) => warn(`warning: ${file}: ${text}`)
  return { source, folder: path.dirname(where), files, read, onWarning, ...(env && { env }) }
}

/** A core module, or the text of one. */
async function readModule(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file)
  return isWat(bytes) ? await assembleWat(bytes.toString('utf8'), file) : bytes
}
