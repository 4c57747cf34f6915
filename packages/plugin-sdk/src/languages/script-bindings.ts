import { generateGuestTypes } from '../typescript/guest.js'
import { loadWorld } from '../world/load.js'
import { refuseUnsupported } from '../world/unsupported.js'
import type { Bindings, BindingsRequest } from './language.js'

/** Types of a world that is implemented in `index` beside the generated folder; the engines make their own glue. */
async function scriptBindings(
  { wit, world: name, features }: BindingsRequest,
  { language, names }: { language: string; names: RegExp },
): Promise<Bindings> {
  const world = await loadWorld({ wit, world: name, features })
  refuseUnsupported(world, language)
  const { files } = generateGuestTypes(world, '../index.js')
  return {
    world: world.id,
    files: new Map([...files].filter(([file]) => names.test(file))),
    next: [
      'Implement the world in a module that exports what `Exports` in world.d.ts has.',
      'Make a component of its bundle with componentize-js or componentize-qjs.',
    ],
  }
}

export const javaScriptBindings = (request: BindingsRequest) =>
  scriptBindings(request, { language: 'JavaScript', names: /\.d\.ts$/ })
export const typeScriptBindings = (request: BindingsRequest) =>
  scriptBindings(request, { language: 'TypeScript', names: /\.ts$/ })
