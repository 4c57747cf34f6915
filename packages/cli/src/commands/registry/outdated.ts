import { defineCommand } from '../../command.js'
import { fitOf } from '../../registry/fit.js'
import { openRegistry } from '../../registry/open-registry.js'
import { hostOption, registryOption, worldOption } from '../../registry/options.js'
import { rowError } from '../../registry/row-error.js'
import { isNews, type OutdatedResult, renderOutdated } from '../../render/registry/outdated.js'

export const outdatedCommand = defineCommand({
  name: 'outdated',
  summary: 'Show which installed plugins and WIT packages have newer versions, and what those ask for',
  examples: [['wasm-plugin outdated', 'exits with 1 if there is something newer']],
  arguments: {},
  options: { registry: registryOption, host: hostOption, world: worldOption },
  notes: [
    'It exits with 0 if everything is the newest that there is, and with 1 if something is not, also if only a range keeps it',
    'back, or if it is not known of something, since a registry fails: --json has `error` for that.',
  ],

  async run(context, { registry: place, host, world }): Promise<OutdatedResult> {
    const names = [...(await (await openRegistry(context)).list()).keys()]
    const fit = await fitOf(context, { host, world, registry: place }, 'outdated')
    const registry = await openRegistry(context, { registry: place, names, fit })
    context.progress.busy('Asking', 'registries')
    const rows = await registry.outdated({ signal: context.signal })
    return { plugins: rows.map((row) => ({ ...row, error: rowError(row.error) })) }
  },

  render: renderOutdated,
  isFailure: ({ plugins }) => plugins.some(isNews),
})
