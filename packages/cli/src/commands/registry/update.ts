import { defineCommand } from '../../command.js'
import { failures } from '../../errors/index.js'
import { consentOf } from '../../registry/consent.js'
import { fitOf } from '../../registry/fit.js'
import { installAll } from '../../registry/install-all.js'
import { openRegistry } from '../../registry/open-registry.js'
import {
  consentOptions,
  dryRunOption,
  hostOption,
  registryOption,
  trustOption,
  worldOption,
} from '../../registry/options.js'
import { type InstallResult, renderInstalled } from '../../render/registry/installed.js'

export const updateCommand = defineCommand({
  name: 'update',
  summary: 'Bring installed plugins to the newest version of their ranges',
  examples: [
    ['wasm-plugin update', 'all that are installed'],
    ['wasm-plugin update acme:render --dry-run', 'what one would become, and ask for'],
  ],
  arguments: {
    plugins: { kind: 'variadic', description: 'names of installed plugins (default: all)' },
  },
  options: {
    registry: registryOption,
    ...consentOptions,
    'trust-on-first-use': trustOption,
    host: hostOption,
    world: worldOption,
    'dry-run': dryRunOption,
  },

  async run(context, input): Promise<InstallResult> {
    const { plugins, registry: place, host, world } = input
    const lock = await (await openRegistry(context)).list()
    const unknown = plugins.find((name) => !lock.has(name))
    if (unknown !== undefined) throw failures.PLUGIN_NOT_LOCKED({ name: unknown, locked: [...lock.keys()] })
    const names = plugins.length === 0 ? [...lock.keys()] : plugins
    const confirm = await consentOf(context, input)
    const registry = await openRegistry(context, {
      registry: place,
      names,
      confirm,
      trustOnFirstUse: input['trust-on-first-use'],
      fit: await fitOf(context, { host, world, registry: place }, 'update'),
    })
    const wanted = names.map((name) => `${name}@${lock.get(name)?.requirement}`)
    if (wanted.length === 0) return { plugins: [] }
    const agrees = input.grants === undefined ? undefined : confirm
    return {
      plugins: await installAll(context, registry, { plugins: wanted, dryRun: input['dry-run'], agrees }),
    }
  },

  render: renderInstalled,
})
