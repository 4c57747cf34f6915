import type { Confirm, Fit, Registry } from '@wasm-plugin/registry'
import type { Context } from '../command.js'
import { refuseBareFolder } from './place.js'

export interface OpenRequest {
  /** Of `--registry`: where the named packages are, whatever is configured. */
  readonly registry?: string | undefined
  /** The packages that the command is about, with ranges or without. */
  readonly names?: readonly string[]
  readonly frozen?: boolean
  readonly offline?: boolean
  readonly confirm?: Confirm | undefined
  readonly trustOnFirstUse?: boolean
  readonly fit?: Fit | undefined
}

/** The registry client, for the application in the folder where the command runs. It is loaded when it is used. */
export async function openRegistry(
  { cwd, env }: Pick<Context, 'cwd' | 'env'>,
  { registry, names = [], ...options }: OpenRequest = {},
): Promise<Registry> {
  if (registry !== undefined) refuseBareFolder(cwd, '--registry', registry)
  const { createRegistry } = await import('@wasm-plugin/registry')
  const registries =
    registry === undefined ? {} : { registries: placesOf(registry, names), otherwise: registry }
  return await createRegistry({
    folder: cwd,
    env,
    ...registries,
    ...options,
  })
}

/** A word about one package counts before a word about its namespace in a file. */
function placesOf(registry: string, names: readonly string[]): Record<string, string> {
  const known = names.map((name) => name.split('@')[0] ?? '').filter((name) => PACKAGE.test(name))
  return Object.fromEntries([['*', registry], ...known.map((name) => [name, registry])])
}

/** Whatever else is given is refused by the registry, with what is wrong about it. */
const PACKAGE = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/
