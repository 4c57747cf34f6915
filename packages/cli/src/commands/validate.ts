import path from 'node:path'
import { compareWithWorld, loadWorld } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { capabilityImports, type Request, requestsOf } from '../component/capabilities.js'
import { whyNotHere } from '../component/engine.js'
import { type PluginFile, readPlugin } from '../component/read.js'
import { usageErrors } from '../errors/index.js'
import { featuresOption, toFeatures } from '../parse/features.js'
import { withContract } from '../registry/contract.js'
import { witOption } from '../registry/options.js'
import { renderValidate, type ValidateResult } from '../render/validate.js'

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Compare a plugin with the contract it is meant for',
  examples: [
    ['wasm-plugin validate dist/hello.wasm --wit wit', 'a contract with one world'],
    ['wasm-plugin validate hello.wasm --wit app.wit --world renderer', 'one world of several'],
  ],
  arguments: {
    plugin: { kind: 'required', description: 'the component' },
  },
  options: {
    wit: witOption,
    world: { kind: 'value', value: 'name', description: 'the world, if the contract has several' },
    features: featuresOption,
  },

  async run(context, { plugin: file, wit, world: name, features }): Promise<ValidateResult> {
    if (wit === undefined) {
      throw usageErrors.MISSING_OPTION({
        option: '--wit <path>',
        command: 'validate',
        why: 'the contract to compare with',
      })
    }
    const plugin = await readPlugin({ file, path: path.resolve(context.cwd, file) })
    context.progress.busy('Reading', wit)
    const world = await withContract(context, { wit }, (wit) =>
      loadWorld({ wit, world: name, features: toFeatures(features) }),
    )
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
