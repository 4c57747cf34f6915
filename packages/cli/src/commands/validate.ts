import { existsSync } from 'node:fs'
import path from 'node:path'
import { PluginError } from '@wasm-plugin/runtime'
import { compareWithWorld, componentPath, loadWorld, sdkErrors } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { capabilityImports, type Request, requestsOf } from '../component/capabilities.js'
import { whyNotHere } from '../component/engine.js'
import { type PluginFile, readPlugin } from '../component/read.js'
import { usageErrors } from '../errors/index.js'
import { relativeTo } from '../output/paths.js'
import { featuresOption, toFeatures } from '../parse/features.js'
import { readProject } from '../project/project.js'
import { withContract } from '../registry/contract.js'
import { witOption } from '../registry/options.js'
import { renderValidate, type ValidateResult } from '../render/validate.js'

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Compare a plugin with the contract it is meant for',
  examples: [
    ['wasm-plugin validate', 'the project in this folder, and its contract'],
    ['wasm-plugin validate dist/hello.wasm --wit wit', 'a contract with one world'],
    ['wasm-plugin validate hello.wasm --wit app.wit --world renderer', 'one world of several'],
  ],
  arguments: {
    plugin: { kind: 'optional', description: "the component (default: the project's, and so with --wit)" },
  },
  options: {
    wit: witOption,
    world: { kind: 'value', value: 'name', description: 'the world, if the contract has several' },
    features: featuresOption,
  },

  async run(context, input): Promise<ValidateResult> {
    const { file, wit, world: name, features } = await comparisonOf(context.cwd, input)
    const plugin = await readPlugin({ file, path: path.resolve(context.cwd, file) })
    context.progress.busy('Reading', wit)
    const world = await withContract(context, { wit }, (wit) => loadWorld({ wit, world: name, features }))
    const { imports, exports } = plugin.component.root.type
    const differences = compareWithWorld({ imports, exports }, world)
    const engine = await whyNotHere(plugin)
    return {
      file,
      world: world.id,
      fits: engine === null && differences.every(({ fatal }) => !fatal),
      engine,
      size: plugin.component.size,
      differences,
      leftOut: world.leftOut,
      capabilities: compareCapabilities(plugin),
    }
  },

  render: renderValidate,
  isFailure: ({ fits }) => !fits,
})

interface Given {
  readonly plugin: string | undefined
  readonly wit: string | undefined
  readonly world: string | undefined
  readonly features: readonly string[]
}

interface Comparison {
  readonly file: string
  readonly wit: string
  readonly world: string | undefined
  readonly features: readonly string[]
}

/**
 * What is compared with what: in the folder of a project, what was left out is the project's.
 *
 * @throws {MISSING_ARGUMENT | MISSING_OPTION} there is no project
 * @throws {COMPONENT_MISSING} it was not built
 */
async function comparisonOf(cwd: string, { plugin, wit, world, features }: Given): Promise<Comparison> {
  const given = { world, features: toFeatures(features) }
  if (plugin !== undefined && wit !== undefined) return { file: plugin, wit, ...given }
  const { manifest, build } = await readProject(cwd).catch((error) => {
    throw PluginError.is(error, 'NO_PROJECT') ? incomplete(plugin) : error
  })
  const file = plugin ?? builtFile(cwd, manifest.name)
  if (wit !== undefined) return { file, wit, ...given }
  const own = {
    world: world ?? build.world,
    features: features.length === 0 ? (build.features ?? []) : given.features,
  }
  return { file, wit: build.wit, ...own }
}

function incomplete(plugin: string | undefined): PluginError {
  const command = 'validate'
  if (plugin === undefined) return usageErrors.MISSING_ARGUMENT({ name: 'plugin', command })
  return usageErrors.MISSING_OPTION({ option: '--wit <path>', command, why: 'the contract to compare with' })
}

function builtFile(cwd: string, name: string): string {
  const file = relativeTo(cwd, componentPath(cwd, name))
  if (!existsSync(path.resolve(cwd, file))) throw sdkErrors.COMPONENT_MISSING({ path: file })
  return file
}

/** What the manifest asks for against what the component can use; neither refuses the plugin, both are worth knowing. */
function compareCapabilities({ component, manifest }: PluginFile): ValidateResult['capabilities'] {
  const requests = requestsOf(manifest)
  const capabilities = Object.keys(capabilityImports) as Request['capability'][] // Literally its keys.
  return capabilities.flatMap((capability) => {
    const imports = [...component.root.type.imports.keys()].filter((name) =>
      capabilityImports[capability].test(name),
    )
    const asked = requests.filter((request) => request.capability === capability).map(({ what }) => what)
    if (asked.length > 0 === imports.length > 0) return []
    return [
      {
        capability,
        asked,
        imports,
        state: asked.length > 0 ? ('not-used' as const) : ('not-declared' as const),
      },
    ]
  })
}
