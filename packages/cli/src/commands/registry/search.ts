import { defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { openRegistry } from '../../registry/open-registry.js'
import { registryOption } from '../../registry/options.js'
import { rowError } from '../../registry/row-error.js'
import { renderSearch, type SearchResult } from '../../render/registry/searched.js'

export const searchCommand = defineCommand({
  name: 'search',
  summary: 'Show the versions of a plugin, with contract and what they ask for',
  examples: [
    ['wasm-plugin search acme:render', 'the newest twenty'],
    ['wasm-plugin search acme:render --registry ./plugins', 'of a folder'],
  ],
  arguments: { name: { kind: 'required', description: 'acme:render' } },
  options: {
    registry: registryOption,
    limit: { kind: 'value', value: 'number', description: 'how many versions (default: 20)' },
  },
  notes: ['This is what publishers declare; nothing of it is verified before `verify` or `install`.'],

  async run(context, { name, registry: place, limit: text = '20' }): Promise<SearchResult> {
    const limit = Number(text)
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
      throw usageErrors.INVALID_OPTION({
        option: '--limit',
        value: text,
        expected: 'a number from 1 to 1000',
      })
    const registry = await openRegistry(context, { registry: place, names: [name] })
    context.progress.busy('Asking', name)
    const { place: found, versions, more } = await registry.search(name, { limit, signal: context.signal })
    return {
      name,
      place: found,
      more,
      versions: versions.map(({ error, manifest, description, world, capabilities, status, ...known }) => ({
        ...known,
        manifest: manifest ?? null,
        description: description ?? null,
        world: world ?? null,
        capabilities: capabilities ?? null,
        status: status ?? null,
        error: rowError(error),
      })),
    }
  },

  render: renderSearch,
})
