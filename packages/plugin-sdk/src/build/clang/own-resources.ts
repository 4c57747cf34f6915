import { type BindgenLanguage, embedWorld, printWit } from '../../bindgen/bindgen.js'
import { errors } from '../../errors/index.js'
import { findCustomSection } from '../../wasm/sections.js'
import { localName } from '../../world/scopes.js'
import type { World } from '../../world/world.js'

/** The WIT that a world's C++ is generated from, when it is not the world's own. */
export interface MovedTypes {
  readonly wit: ReadonlyMap<string, string>
  /** Links the generated source to the world. */
  readonly mend: (source: string) => string
}

/**
 * wit-bindgen's C++ has no members for the resources of a world, as it has for those of an interface. So the types of such
 * a world go into an interface, and what is generated for that is linked to the world. Null for every other world.
 */
export async function moveOwnTypes(
  { id, imports, wit }: World,
  language: BindgenLanguage,
): Promise<MovedTypes | null> {
  const hasOwn = [...imports.values()].some((item) => item.kind === 'type' && item.type.kind === 'resource')
  if (language !== 'cpp' || !hasOwn) return null
  const text = await printed(wit, id)
  const name = freeName(text)
  const moved = moveTypes(text, localName(id), name)
  if (moved === null) return null
  const linkage = new RegExp(`"[\\w:-]+/${name}(?:@[^"]*)?"`, 'g')
  return { wit: new Map([['world.wit', moved]]), mend: (source) => source.replace(linkage, '"$root"') }
}

/** In one file, without comments, an item a line or a block. */
async function printed(wit: ReadonlyMap<string, string>, world: string): Promise<string> {
  const files = [...wit].map(([path, text]) => ({ path, text }))
  const complain = (reason: string) => errors.WIT_TOOLS_FAILED({ step: 'reading the world', reason })
  const module = await embedWorld(files, world, ({ reason }) => complain(reason))
  const metadata = findCustomSection(module, 'component-type')
  if (metadata === null) throw complain('no metadata')
  return await printWit(metadata, 'the world')
}

function freeName(text: string): string {
  let name = 'own-types'
  while (new RegExp(`\\b${name}\\b`).test(text)) name += '-of-world'
  return name
}

const TYPE = /^(?:use|type|record|variant|enum|flags|resource) /
const DECLARED = /^(?:type|record|variant|enum|flags|resource) ([%\w-]+)/

/** Null when the world has no types of its own. */
function moveTypes(text: string, world: string, name: string): string | null {
  const head = new RegExp(`^world %?${world} \\{\\n`, 'm').exec(text)
  if (head === null) return null
  const start = head.index + head[0].length
  const end = text.indexOf('\n}\n', start - 1)
  const items = itemsOf(text.slice(start, end))
  const moved = items.filter((item) => TYPE.test(item))
  const types = moved.flatMap((item) => DECLARED.exec(item)?.[1] ?? [])
  if (types.length === 0) return null
  const rest = items.filter((item) => !TYPE.test(item) || item.startsWith('use '))
  return [
    text.slice(0, head.index),
    `interface ${name} {\n${moved.join('\n')}\n}\n`,
    `${head[0]}use ${name}.{${types.join(', ')}};\n${rest.join('\n')}`,
    text.slice(end),
  ].join('')
}

/** The items of a block: each begins at an indent of two, and ends with `;` or a brace there. */
function itemsOf(body: string): string[] {
  const items: string[] = []
  let open: string[] = []
  for (const line of body.split('\n').filter((row) => row.trim() !== '')) {
    open.push(line)
    if (!/^ {2}(?! ).*;$|^ {2}\}$/.test(line)) continue
    items.push(open.join('\n').trim())
    open = []
  }
  return items
}
