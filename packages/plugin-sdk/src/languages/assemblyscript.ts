import type { LanguageSupport } from './language.js'

export const assemblyscript: LanguageSupport = {
  mark: 'a dependency on assemblyscript',
  owns: (project) => project.has('asconfig.json') || project.dependsOn('assemblyscript'),
  build: async (settings) => (await import('../build/assemblyscript/build.js')).buildAssemblyScript(settings),
  stubs: async (world) => (await import('../stubs/assemblyscript.js')).assemblyScriptStubs(world),
  bindings: async (request) => (await import('./assemblyscript-bindings.js')).assemblyScriptBindings(request),
}
