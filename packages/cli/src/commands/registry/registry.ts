import type { Target } from '@wasm-plugin/registry'
import { closest } from '@wasm-plugin/runtime/text'
import { type Context, defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { statusLine } from '../../output/printer.js'
import { dryRunOption } from '../../registry/options.js'
import { refuseBareFolder } from '../../registry/place.js'
import { addMapping } from '../../registry/registries-file.js'
import { table } from '../../render/registry/table.js'

type RegistryResult =
  | {
      readonly action: 'add'
      readonly name: string
      readonly place: string
      readonly file: string
      readonly dryRun: boolean
    }
  | {
      readonly action: 'list'
      readonly places: readonly { readonly name: string; readonly place: string }[]
    }

const ACTIONS = ['add', 'list']

export const registryCommand = defineCommand({
  name: 'registry',
  summary: 'Say where the plugins of a namespace are, or show it',
  examples: [
    ['wasm-plugin registry add acme ghcr.io/acme', 'all packages acme:…'],
    ['wasm-plugin registry add acme ./plugins', 'in a folder'],
    ['wasm-plugin registry add acme:render 127.0.0.1:5000', 'one package'],
    ['wasm-plugin registry list', 'of this project, and of this user'],
  ],
  arguments: {
    action: { kind: 'required', description: 'add or list' },
    name: { kind: 'optional', description: 'for add: a namespace, or the name of a package' },
    place: { kind: 'optional', description: 'for add: a registry, with a path or without, or a folder' },
  },
  options: { 'dry-run': dryRunOption },
  notes: [
    '`add` writes wasm-plugin.registries.toml of the project, in the form of the config.toml of wasm-pkg, which is read as',
    'well. A namespace that is mapped to nothing is in no registry: there is no public one to fall back on.',
  ],

  async run(context, { action, name, place, 'dry-run': dryRun }): Promise<RegistryResult> {
    if (action === 'list') return { action, places: await readPlaces(context) }
    if (action !== 'add')
      throw usageErrors.INVALID_ARGUMENT({
        ...{ name: 'action', value: action, expected: 'add or list', guess: closest(action, ACTIONS) },
      })
    for (const [argument, value] of Object.entries({ name, place }))
      if (value === undefined) throw usageErrors.MISSING_ARGUMENT({ name: argument, command: 'registry add' })
    const [known = '', where = ''] = [name, place]
    refuseBareFolder(context.cwd, '<place>', where)
    const { PROJECT_FILE } = await import('@wasm-plugin/registry')
    const file = dryRun ? PROJECT_FILE : await addMapping(context.cwd, known, where)
    return { action, name: known, place: where, file, dryRun }
  },

  render(result, { out, err }) {
    if (result.action === 'add') {
      const { name, place, file, dryRun } = result
      return { stderr: statusLine(err, dryRun ? 'Would map' : 'Mapped', `${name} to ${place} in ${file}`) }
    }
    if (result.places.length === 0)
      return { stderr: 'No namespace is mapped: `wasm-plugin registry add acme ./plugins` does that.' }
    const rows = result.places.map(({ name, place }) => [name, place])
    return { stdout: table(['packages', 'place'], rows, out).join('\n') }
  },
})

async function readPlaces({ cwd, env }: Context): Promise<{ name: string; place: string }[]> {
  const { loadConfig } = await import('@wasm-plugin/registry')
  const { packages, namespaces, fallback } = await loadConfig({ cwd, env })
  const rows = [
    ...packages,
    ...[...namespaces].map(([name, target]) => [`${name}:*`, target] as const),
    ...(fallback === undefined ? [] : [['*', fallback] as const]),
  ]
  return rows.map(([name, target]) => ({ name, place: printTarget(target) }))
}

function printTarget(target: Target): string {
  if ('folder' in target) return `dir:${target.folder}`
  return target.prefix === undefined
    ? target.registry
    : `${target.registry}/${target.prefix.replace(/\/$/, '')}`
}
