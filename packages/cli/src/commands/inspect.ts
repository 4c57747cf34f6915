import path from 'node:path'
import { readMetadata, readProducers } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { requestsOf } from '../component/capabilities.js'
import { whyNotHere } from '../component/engine.js'
import { printInterfaces } from '../component/interfaces.js'
import { readPlugin } from '../component/read.js'
import { type InspectResult, renderInspect } from '../render/inspect.js'

export const inspectCommand = defineCommand({
  name: 'inspect',
  summary: 'Show what a plugin imports, exports and asks for',
  examples: [
    ['wasm-plugin inspect dist/hello.wasm', 'for people'],
    ['wasm-plugin inspect dist/hello.wasm --json', 'for programs'],
  ],
  arguments: {
    plugin: { kind: 'required', description: 'the component' },
  },
  options: {},

  async run(context, { plugin: file }): Promise<InspectResult> {
    const plugin = await readPlugin({ file, path: path.resolve(context.cwd, file) })
    const { component, manifest } = plugin
    return {
      file,
      size: component.size,
      digest: plugin.digest,
      engine: await whyNotHere(plugin),
      manifest: manifest ?? null,
      name: manifest?.name ?? null,
      version: manifest?.version ?? null,
      description: manifest?.description ?? null,
      world: manifest?.world ?? null,
      imports: printInterfaces(component.root.type.imports),
      exports: printInterfaces(component.root.type.exports),
      requests: requestsOf(manifest),
      sizes: {
        coreModules: component.coreModules.map(({ bytes }) => bytes.length),
        customSections: component.customSections.map(({ name, bytes }) => ({ name, size: bytes.length })),
      },
      metadata: readMetadata(component),
      producers: readProducers(component),
    }
  },

  render: renderInspect,
})
