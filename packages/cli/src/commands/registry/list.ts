import { defineCommand } from '../../command.js'
import { relativeTo } from '../../output/paths.js'
import { openRegistry } from '../../registry/open-registry.js'
import { type ListResult, renderList } from '../../render/registry/listed.js'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Show what is installed here',
  examples: [['wasm-plugin list', 'names, versions, where they are from, what they ask for']],
  arguments: {},
  options: {},

  async run(context): Promise<ListResult> {
    const registry = await openRegistry(context)
    const plugins = [...(await registry.list())].map(([name, plugin]) => ({ name, ...plugin }))
    return { lockFile: relativeTo(context.cwd, registry.lockFile), plugins }
  },

  render: renderList,
})
