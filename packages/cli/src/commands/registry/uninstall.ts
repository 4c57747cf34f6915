import type { LockedPlugin } from '@wasm-plugin/registry'
import { defineCommand } from '../../command.js'
import { statusLine } from '../../output/printer.js'
import { openRegistry } from '../../registry/open-registry.js'

interface UninstallResult {
  readonly name: string
  readonly plugin: LockedPlugin
}

export const uninstallCommand = defineCommand({
  name: 'uninstall',
  summary: 'Take a plugin out of the lock file',
  examples: [['wasm-plugin uninstall acme:render', 'the application can no longer load it by name']],
  arguments: { plugin: { kind: 'required', description: 'its name' } },
  options: {},

  async run(context, { plugin: name }): Promise<UninstallResult> {
    return { name, plugin: await (await openRegistry(context)).uninstall(name) }
  },

  render: ({ name, plugin }, { err }) => ({
    stderr: statusLine(err, 'Removed', `${name} ${plugin.version}`),
  }),
})
