import { defineCommand } from '../../command.js'
import { statusLine } from '../../output/printer.js'

export const logoutCommand = defineCommand({
  name: 'logout',
  summary: 'Forget the password that is kept for a registry',
  examples: [['wasm-plugin logout ghcr.io', 'docker and others that read the same file forget it too']],
  arguments: { registry: { kind: 'required', description: 'its host, with its port if it has one' } },
  options: {},

  async run({ cwd, env }, { registry }): Promise<{ registry: string }> {
    const { loadConfig, logout } = await import('@wasm-plugin/registry')
    await logout(registry, await loadConfig({ cwd, env }))
    return { registry }
  },

  render: ({ registry }, { err }) => ({ stderr: statusLine(err, 'Logged out', `of ${registry}`) }),
})
