import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { defineCommand } from '../command.js'
import { languageChecks } from '../doctor/languages.js'
import { checkNode } from '../doctor/node.js'
import { fromSystemError } from '../errors/index.js'
import { isLanguageName, languageNames } from '../languages/languages.js'
import { listed } from '../output/listed.js'
import { languageOfProject } from '../project/language.js'
import { type DoctorResult, renderDoctor } from '../render/doctor.js'
import { version } from '../version.js'

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Say which languages can be built here, and what is missing',
  examples: [
    ['wasm-plugin doctor', 'this machine, and the project in this folder'],
    ['wasm-plugin doctor --lang rust', 'one language; exits with 1 if it cannot be built'],
  ],
  arguments: {
    dir: { kind: 'optional', description: 'the project folder (default: this folder)' },
  },
  options: {
    lang: {
      kind: 'value',
      value: 'language',
      choices: languageNames,
      description: `look at one language: ${listed(languageNames)}`,
    },
  },

  async run(context, { dir, lang }): Promise<DoctorResult> {
    const folder = path.resolve(context.cwd, dir ?? '.')
    await readdir(folder).catch((error) => {
      throw fromSystemError(error, folder, 'the project folder')
    })
    context.progress.busy('Looking', 'for toolchains')
    const project = await languageOfProject(folder)
    const names = isLanguageName(lang) ? [lang] : languageNames
    const place = { cwd: context.cwd, env: context.env, folder, project }
    return {
      wasmPlugin: version(),
      node: checkNode(process.versions.node),
      languages: await Promise.all(names.map((name) => languageChecks[name](place))),
      project,
    }
  },

  render: renderDoctor,

  /** The answer is no when what was asked about cannot be built: the language, else the project, else anything. */
  isFailure({ node, languages, project }) {
    const asked = languages.filter(({ language }) => project === null || language === project)
    return !node.ok || !(asked.length > 0 ? asked : languages).some(({ ready }) => ready)
  },
})
