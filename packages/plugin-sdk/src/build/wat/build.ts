import { join, resolve } from 'node:path'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { embedKnownWorld } from '../../bindgen/bindgen.js'
import type { BuildCache } from '../../cache/cache.js'
import { readRegularText } from '../../files.js'
import { parseCustom, readSections, writeSections } from '../../wasm/sections.js'
import { assembleWat } from '../../wat.js'
import { type ResolvedWorld, resolveWorld } from '../../world/load.js'
import { refuseUnsupported } from '../../world/unsupported.js'
import { requireEntry } from '../entry-file.js'
import { newComponent } from '../new-component.js'
import { cacheOf } from '../project-code.js'
import type { BuildSettings, LanguageOutput } from '../settings.js'
import { explainModule, refuseMisfit, refuseMissing, type WatSource } from './explain.js'

const DEFAULT_ENTRY = 'src/plugin.wat'

/** Assembles a text: a core module becomes a component of the world, a component has to be one. */
export async function buildWat(settings: BuildSettings): Promise<LanguageOutput> {
  const { dir, entry: file = DEFAULT_ENTRY, mode, onProgress } = settings
  requireEntry(dir, file)
  const cache = cacheOf(settings)
  onProgress?.({ step: 'world', message: `reading ${settings.wit}` })
  const { world: name, features } = settings
  const resolved = await resolveWorld({ wit: resolve(dir, settings.wit), world: name, features }, cache)
  const { world } = resolved
  refuseUnsupported(world, 'WebAssembly text')
  onProgress?.({ step: 'compile', message: `assembling ${file}` })
  const source: WatSource = { file, text: readRegularText(join(dir, file)) }
  const binary = await assembleWat(source.text, file)
  if (!isModule(binary)) {
    refuseMisfit(decodeComponent(binary), world, source)
    return { component: binary, world: world.id, warnings: [], producers: PRODUCERS }
  }
  onProgress?.({ step: 'component', message: `making a component for ${world.id}` })
  const core = mode === 'debug' ? binary : withoutNames(binary)
  const component = await componentOf(core, { resolved, source, cache })
  return { component, world: world.id, warnings: [], producers: PRODUCERS }
}

const PRODUCERS = new Map([['language', [{ name: 'WebAssembly text', version: '' }]]])

/** The field behind the version, which is 1 in a component. */
const isModule = (binary: Uint8Array) => binary[6] === 0

function withoutNames(core: Uint8Array): Uint8Array {
  const kept = readSections(core).filter((section) => parseCustom(section)?.name !== 'name')
  return writeSections(core, kept)
}

async function componentOf(
  core: Uint8Array,
  { resolved, source, cache }: { resolved: ResolvedWorld; source: WatSource; cache: BuildCache },
): Promise<Uint8Array> {
  refuseMissing(core, resolved.dummy, source)
  const embedded = await embedKnownWorld(resolved.world, core)
  return await newComponent(embedded, cache, (reason) => explainModule(reason, core, source))
}
