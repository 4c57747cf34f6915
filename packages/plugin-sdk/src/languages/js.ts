import type { LanguageSupport } from './language.js'
import type { ProjectFiles } from './project-files.js'

/** Each makes components with one engine. */
export const dependsOnEngine = (project: ProjectFiles) =>
  project.dependsOn('@wasm-plugin/starling') || project.dependsOn('componentize-qjs')

export const js: LanguageSupport = {
  mark: 'a dependency on @wasm-plugin/starling or componentize-qjs',
  owns: dependsOnEngine,
  build: async (settings) => (await import('../build/javascript/build.js')).buildJavaScript(settings),
  stubs: async (world) => (await import('../stubs/javascript.js')).javaScriptStubs(world),
  bindings: async (request) => (await import('./script-bindings.js')).javaScriptBindings(request),
}
