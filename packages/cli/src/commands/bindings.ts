import path from 'node:path'
import { generateBindings } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { usageErrors } from '../errors/index.js'
import { isLanguageName, languageNames } from '../languages/languages.js'
import { listed } from '../output/listed.js'
import { featuresOption, toFeatures } from '../parse/features.js'
import { writeGeneratedFolder } from '../project/generated-folder.js'
import { type BindingsResult, renderBindings } from '../render/bindings.js'

export const bindingsCommand = defineCommand({
  name: 'bindings',
  summary: "Write a contract's bindings for a plugin with a build of its own",
  examples: [
    ['wasm-plugin bindings --lang assemblyscript --wit wit -o assembly/gen', 'a contract with one world'],
    ['wasm-plugin bindings --lang assemblyscript --wit wit --world renderer -o gen', 'one world of several'],
  ],
  arguments: {},
  options: {
    lang: { kind: 'value', value: 'language', choices: languageNames, description: listed(languageNames) },
    wit: {
      kind: 'value',
      value: 'path',
      description: 'the contract: a .wit file, or the folder of a WIT package',
    },
    world: { kind: 'value', value: 'name', description: 'the world, if the contract has several' },
    features: featuresOption,
    out: { kind: 'value', value: 'folder', short: 'o', description: 'where the files go' },
    force: { kind: 'flag', description: 'overwrite files that this command did not write' },
  },

  async run(context, { lang, wit, world, features, out, force }): Promise<BindingsResult> {
    if (!isLanguageName(lang)) throw missing('--lang <language>', `one of ${languageNames.join(', ')}`)
    if (wit === undefined) throw missing('--wit <path>', 'the contract to write bindings for')
    if (out === undefined) throw missing('--out <folder>', 'where the files go')
    context.progress.busy('Generating', out)
    const request = {
      wit: path.resolve(context.cwd, wit),
      world,
      features: toFeatures(features),
      out: out.replace(/[\\/]+$/, ''),
    }
    const bindings = await generateBindings(lang, request)
    const dir = path.resolve(context.cwd, out)
    const removed = await writeGeneratedFolder({
      dir,
      files: bindings.files,
      force,
      by: 'wasm-plugin bindings',
    })
    const files = [...bindings.files.keys()].sort()
    return { language: lang, world: bindings.world, out, files, removed, next: bindings.next }
  },

  render: renderBindings,
})

function missing(option: string, why: string) {
  return usageErrors.MISSING_OPTION({ option, command: 'bindings', why })
}
