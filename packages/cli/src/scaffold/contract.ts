import { posix } from 'node:path'
import { withoutVersion } from '@wasm-plugin/manifest/names'
import type { ExternType } from '@wasm-plugin/runtime'
import { collectWit, type Language, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import { memberName } from '../values/names.js'
import { readTemplate } from './template.js'

/** The contract that a new project starts with. */
export interface Contract {
  /** `acme:site/renderer@0.1.0` */
  readonly worldId: string
  /** `renderer` */
  readonly world: string
  /** Features whose items are left out. */
  readonly leftOut: readonly string[]
  /**
   * The words that call it behind `wasm-plugin run <plugin>`, with `<doc>` in the place of a value; `undefined` if it has nothing but
   * resources.
   */
  readonly call: readonly string[] | undefined
  /** What goes in the project for it: the WIT below `wit/`, the entry file, a test. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * A contract that the project is complete with: one small interface, implemented and tested.
 */
export async function greeterContract(
  language: Language,
  values: ReadonlyMap<string, string>,
): Promise<Contract> {
  const files = [
    ...(await readTemplate('greeter', values)),
    ...(await readTemplate(`greeter-${language}`, values)),
  ]
  const worldId = 'example:greeter/plugin@0.1.0'
  return { worldId, world: 'plugin', leftOut: [], call: ['greet', 'Ada'], files: new Map(files) }
}

export interface ContractRequest {
  readonly language: Language
  /** Where the entry file goes. */
  readonly entry: string
  readonly wit: string
  readonly world: string | undefined
  readonly features: readonly string[]
}

/**
 * The contract of an application: its WIT with everything it depends on, and an entry file with everything it asks for.
 *
 * @throws {WIT_MISSING | WIT_SYNTAX | WORLD_UNKNOWN}
 */
export async function givenContract(
  { language, entry, wit, world, features }: ContractRequest,
  values: ReadonlyMap<string, string>,
): Promise<Contract> {
  const model = await loadWorld({ wit, world, features })
  const texts = await collectWit(wit)
  const names = [...model.exports].flatMap(([name, item]) => {
    if (item.kind === 'instance') return [withoutVersion(name)]
    return item.kind === 'func' ? [memberName(name)] : []
  })
  const test = await readTemplate('contract', new Map([...values, ['exports', JSON.stringify(names)]]))
  const files = new Map(test)
  for (const [path, text] of texts) files.set(`wit/${path}`, text)
  const folder = posix.dirname(entry)
  for (const [file, source] of await writeStubs(model, language)) files.set(posix.join(folder, file), source)
  const { id: worldId, leftOut } = model
  return { worldId, world: worldName(worldId), leftOut, call: firstCall(model.exports), files }
}

/** `pages#render`, `<doc>`: the first function, with what its values are called in their places. */
function firstCall(exports: ReadonlyMap<string, ExternType>, prefix = ''): string[] | undefined {
  for (const [name, item] of exports) {
    if (item.kind === 'func' && !name.startsWith('['))
      return [`${prefix}${name}`, ...item.params.map((param) => `<${param.name}>`)]
    const inner = item.kind === 'instance' ? firstCall(item.exports, `${worldName(name)}#`) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

const worldName = (id: string) => withoutVersion(id).split('/').at(-1) ?? id
