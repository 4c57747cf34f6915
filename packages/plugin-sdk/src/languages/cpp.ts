import type { LanguageSupport } from './language.js'

export const cpp: LanguageSupport = {
  mark: 'src/plugin.cpp',
  owns: (project) => project.has('src/plugin.cpp'),
  build: async (settings) => (await import('../build/clang/build.js')).buildClang(settings, LANGUAGE),
  stubs: async (world) => (await import('../stubs/cpp.js')).cppStubs(world),
  bindings: async (request) => (await import('./clang-bindings.js')).bindingsFor('cpp', request),
}

const LANGUAGE = { name: 'cpp', title: 'C++', entry: 'src/plugin.cpp' } as const
