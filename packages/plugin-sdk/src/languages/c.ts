import type { LanguageSupport } from './language.js'

export const c: LanguageSupport = {
  mark: 'src/plugin.c',
  owns: (project) => project.has('src/plugin.c'),
  build: async (settings) => (await import('../build/clang/build.js')).buildClang(settings, LANGUAGE),
  stubs: async (world) => (await import('../stubs/c.js')).cStubs(world),
  bindings: async (request) => (await import('./clang-bindings.js')).bindingsFor('c', request),
}

const LANGUAGE = { name: 'c', title: 'C', entry: 'src/plugin.c' } as const
