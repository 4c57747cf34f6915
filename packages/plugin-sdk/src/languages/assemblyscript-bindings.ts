import { generateAssemblyScript } from '../assemblyscript/generate.js'
import { loadWorld } from '../world/load.js'
import type { Bindings, BindingsRequest } from './language.js'

/** Bindings of a world that is implemented in `index.ts` beside the generated folder. */
export async function assemblyScriptBindings({
  wit,
  world: name,
  features,
  out,
}: BindingsRequest): Promise<Bindings> {
  const world = await loadWorld({ wit, world: name, features })
  const bindings = generateAssemblyScript(world, { implementationOf: () => '../index' })
  const files = new Map(bindings.files)
  files.set(`${LIBRARY}/bindings/dom.ts`, bindings.domLibrary)
  const args = ['--exportStart', '_initialize', '--lib', `${out}/${LIBRARY}`, ...bindings.compilerArgs]
  return {
    world: world.id,
    files,
    next: [
      `Implement the world in index.ts beside ${out}.`,
      `asc ${out}/entry.ts --outFile core.wasm --runtime incremental --stackSize 1048576 ${args.join(' ')}`,
      'Make a component of core.wasm with `assemblyScriptComponent` of @wasm-plugin/sdk.',
    ],
  }
}

/** Folder of the file that takes the place of the compiler's own library file of that name. */
const LIBRARY = 'library'
