import { defineCommand } from '../../command.js'
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

export const installCommand = defineCommand({
  name: 'install',
  summary: 'Install plugins by name and range, or fetch what the lock file has',
  examples: [
    ['wasm-plugin install acme:render@^1.2', 'the newest of the range that may be used, after a review'],
    ['wasm-plugin install acme:render --host wit', 'the newest that fits this contract'],
    ['wasm-plugin install acme:render --grants allowed.json', 'for machines: these requests and no more'],
    ['wasm-plugin install --frozen', 'exactly what wasm-plugin.lock has, into the cache'],
  ],
  arguments: {
    plugins: {
      kind: 'variadic',
      description: 'acme:render, acme:render@^1.2 or oci://… (default: all of the lock file)',
    },
  },
  options: {
    registry: registryOption,
    ...consentOptions,
    'trust-on-first-use': trustOption,
    host: hostOption,
    world: worldOption,
    frozen: { kind: 'flag', description: 'refuse to change the lock file' },
    offline: { kind: 'flag', description: 'use nothing but the cache' },
    'dry-run': dryRunOption,
  },
  notes: [
    'What a version asks for, who signed it and what changed is shown before it is downloaded, and has to be agreed to:',
    'on a terminal, with --yes, or by the file of --grants. wasm-plugin.trust.json says whose signatures count.',
  ],

  async run(context, input): Promise<InstallResult> {
    const { plugins, registry: place, host, world, frozen, offline } = input
    const confirm = await consentOf(context, input)
    const registry = await openRegistry(context, {
      registry: place,
      names: plugins,
      frozen,
      offline,
      confirm,
      trustOnFirstUse: input['trust-on-first-use'],
      fit: await fitOf(context, { host, world, registry: place }, 'install'),
    })
    const agrees = input.grants === undefined ? undefined : confirm
    return { plugins: await installAll(context, registry, { plugins, dryRun: input['dry-run'], agrees }) }
  },

  render: renderInstalled,
})
