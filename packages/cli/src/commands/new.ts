import path from 'node:path'
import { type Context, defineCommand } from '../command.js'
import { usageErrors } from '../errors/index.js'
import {
  engineNames,
  isEngineName,
  isLanguageName,
  type LanguageName,
  type LanguageTemplate,
  languageNames,
  languages,
} from '../languages/languages.js'
import { listed } from '../output/listed.js'
import { featuresOption, toFeatures } from '../parse/features.js'
import { checkFree, writeNewFolder } from '../project/atomic-folder.js'
import { checkProjectName } from '../project/names.js'
import { withContract } from '../registry/contract.js'
import { registryOption, witOption } from '../registry/options.js'
import { type NewResult, renderNew } from '../render/new.js'
import { askLanguage, askName } from '../scaffold/ask.js'
import { planProject } from '../scaffold/project.js'
import { version } from '../version.js'

export const newCommand = defineCommand({
  name: 'new',
  summary: 'Make a plugin project',
  examples: [
    ['wasm-plugin new hello --lang rust', 'with a small contract of its own'],
    ['wasm-plugin new hello --lang assemblyscript --wit ../app/wit', "for an application's contract"],
    ['wasm-plugin new hello --lang rust --wit acme:site@^0.2', 'for a contract that was published'],
  ],
  arguments: {
    name: {
      kind: 'optional',
      description: 'name of the plugin, or the path of its folder; asked for on a terminal',
    },
  },
  options: {
    lang: {
      kind: 'value',
      value: 'language',
      choices: languageNames,
      description: `${listed(languageNames)}; asked for on a terminal`,
    },
    wit: witOption,
    registry: registryOption,
    world: {
      kind: 'value',
      value: 'name',
      description: 'the world to implement, if the contract has several',
    },
    features: featuresOption,
    engine: {
      kind: 'value',
      value: 'engine',
      choices: engineNames,
      description: 'JavaScript and TypeScript: starling (complete, the default) or qjs (small)',
    },
  },

  async run(context, input): Promise<NewResult> {
    const target = path.resolve(context.cwd, input.name ?? (await nameFor(context)))
    const name = path.basename(target)
    checkProjectName(name)
    await checkFree(target)
    if (input.world !== undefined && input.wit === undefined) {
      throw usageErrors.MISSING_OPTION({
        option: '--wit',
        command: 'new',
        why: '`--world` names a world of it',
      })
    }
    const features = toFeatures(input.features)
    if (features.length > 0 && input.wit === undefined) {
      throw usageErrors.MISSING_OPTION({
        option: '--wit',
        command: 'new',
        why: '`--features` names features of it',
      })
    }
    const language = isLanguageName(input.lang) ? input.lang : await languageFor(context)
    const { hasEngines }: LanguageTemplate = languages[language]
    if (input.engine !== undefined && hasEngines !== true) {
      throw usageErrors.INVALID_OPTION({
        option: '--engine',
        value: input.engine,
        expected: 'a value for --lang js and --lang ts only',
      })
    }
    context.progress.busy('Creating', name)
    const engine = isEngineName(input.engine) ? input.engine : 'starling'
    const { world, registry, wit: contract } = input
    const planFor = (wit: string | undefined) =>
      planProject({ name, language, wit, world, features, engine, version: version() })
    const plan = await (contract === undefined
      ? planFor(undefined)
      : withContract(context, { wit: contract, registry }, planFor))
    await writeNewFolder(target, plan.files, context.signal)
    return {
      name,
      language,
      dir: target,
      relativeDir: path.relative(context.cwd, target) || '.',
      world: plan.worldId,
      leftOut: plan.leftOut,
      entry: plan.entry,
      files: [...plan.files.keys()].sort(),
    }
  },

  render: renderNew,
})

async function nameFor({ interactive, signal }: Context): Promise<string> {
  if (interactive) return askName(signal)
  throw usageErrors.MISSING_ARGUMENT({ name: 'name', command: 'new' })
}

async function languageFor({ interactive, signal }: Context): Promise<LanguageName> {
  if (interactive) return askLanguage(signal)
  throw usageErrors.MISSING_OPTION({
    option: '--lang',
    command: 'new',
    why: `one of ${languageNames.join(', ')}`,
  })
}
