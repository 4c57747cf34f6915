import type { LanguageSupport } from './language.js'

export const rust: LanguageSupport = {
  mark: 'a Cargo.toml',
  owns: (project) => project.has('Cargo.toml'),
  build: async (settings) => (await import('../build/rust/build.js')).buildRust(settings),
  stubs: async (world) => new Map([['lib.rs', (await import('../stubs/rust.js')).rustStubs(world)]]),
}
