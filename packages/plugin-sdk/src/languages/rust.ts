import type { LanguageSupport } from './language.js'

export const rust: LanguageSupport = {
  mark: 'a Cargo.toml',
  owns: (project) => project.has('Cargo.toml'),
  build: async (settings) => (await import('../build/rust/build.js')).buildRust(settings),
  stubs: async (world) => new Map([['lib.rs', (await import('../stubs/rust.js')).rustStubs(world)]]),
  bindings:
    'Depend on the crate wit-bindgen and write `wit_bindgen::generate!({ path: "wit", generate_all });` in src/lib.rs: the macro makes them whenever the crate is compiled.',
}
