import { dependsOnEngine } from './js.js'
import type { LanguageSupport } from './language.js'

export const ts: LanguageSupport = {
  mark: 'such a dependency and a src/index.ts',
  owns: (project) =>
    dependsOnEngine(project) && (project.has('src/index.ts') || project.has('tsconfig.json')),
  build: async (settings) => (await import('../build/javascript/build.js')).buildTypeScript(settings),
  stubs: async (world) => (await import('../stubs/javascript.js')).typeScriptStubs(world),
  bindings: async (request) => (await import('./script-bindings.js')).typeScriptBindings(request),
}
