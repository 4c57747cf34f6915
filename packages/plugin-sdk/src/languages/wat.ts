import type { LanguageSupport } from './language.js'

export const wat: LanguageSupport = {
  mark: 'src/plugin.wat',
  owns: (project) => project.has('src/plugin.wat'),
  build: async (settings) => (await import('../build/wat/build.js')).buildWat(settings),
  stubs: async (world) => (await import('../stubs/wat.js')).watStubs(world),
  bindings:
    'A module in WebAssembly text imports and exports by the names of the contract: `wasm-plugin new --lang wat --wit <path>` writes them all.',
}
