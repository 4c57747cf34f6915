import { clangBindings } from '../build/clang/bindings.js'
import { loadWorld } from '../world/load.js'
import type { Bindings, BindingsRequest } from './language.js'

/** Bindings of a world for a build with clang, with the object that carries the world to the linker. */
export async function bindingsFor(language: 'c' | 'cpp', request: BindingsRequest): Promise<Bindings> {
  const { wit, world: name, features, out } = request
  const world = await loadWorld({ wit, world: name, features })
  const bindings = await clangBindings(world, language)
  const object = 'component_type.o'
  const source = [...bindings.files.keys()].find((name) => name.endsWith(`.${language}`))
  const clang = language === 'c' ? 'clang' : 'clang++ -std=c++23 -fno-exceptions'
  return {
    world: world.id,
    files: new Map<string, string | Uint8Array>([
      ...bindings.files,
      ...bindings.classes,
      [object, bindings.world],
    ]),
    next: [
      ...[...bindings.classes.keys()].map(
        (name) => `Move ${out}/${name} to your sources, and add the fields of the class.`,
      ),
      `${clang} --target=wasm32-wasip1 -mexec-model=reactor -I${out} plugin.${language} ${out}/${source} ${out}/${object} -o core.wasm`,
      'wasm-tools component new core.wasm --adapt wasi_snapshot_preview1.reactor.wasm -o plugin.wasm',
    ],
  }
}
