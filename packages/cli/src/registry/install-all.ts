import type { Confirm, Installed, Registry } from '@wasm-plugin/registry'
import type { Context } from '../command.js'
import type { InstalledRow } from '../render/registry/installed.js'
import { transferOf } from './transfer.js'

/** Installs one plugin after the other, since each may have to be asked for; without names, what the lock file has. */
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
  const rows: InstalledRow[] = []
  for (const reference of plugins) {
    const transfer = transferOf(context, 'Downloading', reference)
    context.progress.busy('Resolving', reference)
    if (dryRun) {
      const { review, passedOver } = await registry.review(reference, transfer)
      if (review.changes.length > 0) agrees?.(review)
      rows.push({ name: review.name, passedOver, state: 'dry-run', review })
    } else rows.push(rowOf(await registry.install(reference, transfer)))
  }
  return rows
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
