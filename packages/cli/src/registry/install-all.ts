import type { Confirm, Installed, Registry, TransferOptions } from '@wasm-plugin/registry'
import type { Context } from '../command.js'
import type { InstalledRow } from '../render/registry/installed.js'
import { transferOf } from './transfer.js'

/**
 * Installs plugins, all or none, one after the other since each may have to be asked for; without names, fetches what the
 * lock file has.
 */
export async function installAll(
  context: Context,
  registry: Registry,
  {
    plugins,
    dryRun,
    agrees,
  }: {
    readonly plugins: readonly string[]
    readonly dryRun: boolean
    /** Of `--grants`: throws for what the file does not agree to. */
    readonly agrees?: Confirm | undefined
  },
): Promise<InstalledRow[]> {
  if (plugins.length === 0) return await fetchLocked(context, registry)
  if (!dryRun)
    return (await registry.installAll(plugins, { signal: context.signal, transferOf: transfer })).map(rowOf)
  const rows: InstalledRow[] = []
  for (const reference of plugins) {
    const { review, passedOver } = await registry.review(reference, transfer(reference))
    if (review.changes.length > 0) agrees?.(review)
    rows.push({ name: review.name, passedOver, state: 'dry-run', review })
  }
  return rows

  function transfer(reference: string): TransferOptions {
    context.progress.busy('Resolving', reference)
    return transferOf(context, 'Downloading', reference)
  }
}

/** The bytes of all that is locked, so that the application finds them in the cache. */
async function fetchLocked({ signal, progress }: Context, registry: Registry): Promise<InstalledRow[]> {
  const rows: InstalledRow[] = []
  for (const [name, plugin] of await registry.list()) {
    progress.busy('Fetching', name)
    const wanted = { imports: [], exports: [], signal }
    const { asked = null } = await registry.resolve(`${name}@${plugin.version}`, wanted)
    rows.push({ name, state: 'unchanged', plugin, before: plugin.version, asked, passedOver: [] })
  }
  return rows
}

export function rowOf({ name, plugin, before, changed, passedOver }: Installed): InstalledRow {
  const state = before === undefined ? 'installed' : changed ? 'updated' : 'unchanged'
  // Its registry was asked just now.
  return { name, state, plugin, before: before ?? null, asked: null, passedOver }
}
