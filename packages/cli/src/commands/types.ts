import path from 'node:path'
import { generateHostTypes, loadWorld } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { usageErrors } from '../errors/index.js'
import { featuresOption, toFeatures } from '../parse/features.js'
import { writeWholeFile } from '../project/files.js'
import { withContract } from '../registry/contract.js'
import { registryOption, witOption } from '../registry/options.js'
import { renderTypes, type TypesResult } from '../render/types.js'

export const typesCommand = defineCommand({
  name: 'types',
  summary: 'Write the TypeScript types of a contract, for the application',
  examples: [
    ['wasm-plugin types --wit wit --world renderer -o src/renderer.ts', 'to a file'],
    ['wasm-plugin types --wit wit', 'to stdout'],
    ['wasm-plugin types --wit acme:site@^0.2', 'of a contract that was published'],
  ],
  arguments: {},
  options: {
    wit: witOption,
    registry: registryOption,
    world: { kind: 'value', value: 'name', description: 'the world, if the contract has several' },
    features: featuresOption,
    output: { kind: 'value', value: 'file', short: 'o', description: 'write the file, instead of to stdout' },
  },

  async run(context, { wit, registry, world: name, features, output }): Promise<TypesResult> {
    if (wit === undefined) {
      throw usageErrors.MISSING_OPTION({
        option: '--wit <path>',
        command: 'types',
        why: 'the contract to write types of',
      })
    }
    context.progress.busy('Reading', wit)
    const world = await withContract(context, { wit, registry }, (wit) =>
      loadWorld({ wit, world: name, features: toFeatures(features) }),
    )
    const text = generateHostTypes(world)
    if (output !== undefined) await writeWholeFile(path.resolve(context.cwd, output), text)
    return { world: world.id, output: output ?? null, text, leftOut: world.leftOut }
  },

  render: renderTypes,
  raw: ['text'],
})
