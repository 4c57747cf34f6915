import path from 'node:path'
import { defineCommand } from '../command.js'
import { checkAssemblyScript } from '../doctor/assemblyscript.js'
import { checkNode } from '../doctor/node.js'
import { checkRust } from '../doctor/rust.js'
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
      choices: ['rust', 'assemblyscript'],
      description: 'look at one language: rust or assemblyscript',
    },
  },

  async run(context, { dir, lang }): Promise<DoctorResult> {
    const folder = path.resolve(context.cwd, dir ?? '.')
    context.progress.busy('Looking', 'for toolchains')
    const project = await languageOfProject(folder)
    const machine = { cwd: context.cwd, env: context.env }
    const reports = await Promise.all([
      checkAssemblyScript(folder, project === 'assemblyscript'),
      checkRust(machine),
    ])
    return {
      wasmPlugin: version,
      node: checkNode(process.versions.node),
      languages: reports.filter(({ language }) => lang === undefined || language === lang),
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
