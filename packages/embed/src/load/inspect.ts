import { type Manifest, type ManifestRequests, readManifest } from '@wasm-plugin/manifest'
import { matchName } from '@wasm-plugin/manifest/names'
import type { ExternType } from '@wasm-plugin/runtime'
import { type GrantSet, offerOf, parseGrants } from '@wasm-plugin/wasi'
import { checkRequired, contractOf } from '../contract/contract.js'
import { resourceOrigins } from '../contract/origin.js'
import { worldItem } from '../contract/world-item.js'
import { compile } from '../engine/compile.js'
import { PluginError } from '../errors/plugin-error.js'
import type { ResolvedLoadOptions } from '../options/resolved.js'
import type { PluginSource } from '../plugin-source.js'
import type { HostPorts } from '../ports.js'
import { inTurns } from '../turn.js'
import { needsSource, offeredName, planImports } from './imports.js'
import { readOptionsOf } from './read-options.js'
import { readSource } from './source.js'

/** What is known of a plugin before anything of it runs. */
export interface Inspection {
  /** The name in the manifest, else the file's name. */
  readonly name: string
  /** `sha256:` and the hex digest: given to `load` as `integrity`, it is this plugin that is loaded. */
  readonly digest: string
  readonly manifest: Manifest | undefined
  /** What the manifest asks for, each with its reason. A plugin without one says nothing, and gets whatever is granted. */
  readonly asks: ManifestRequests
  readonly imports: readonly InspectedImport[]
  /** Interfaces, and functions of the world, by their exact names. */
  readonly exports: readonly string[]
  /** Why `load` with the same options refuses it; undefined when it does not. */
  readonly refused: PluginError | undefined
}

export interface InspectedImport {
  readonly name: string
  /** What answers it: `imports` of the application, the host by the grants, or nothing. */
  readonly from: 'app' | 'host' | 'nobody'
}

/**
 * Reads and checks a component as `load` does, and stops before anything of it runs.
 *
 * @throws the codes of a source that cannot be read, and of a component or manifest that is malformed
 */
export async function inspectPlugin(
  source: PluginSource,
  options: ResolvedLoadOptions,
  { ending, ports }: { ending: AbortSignal; ports: HostPorts },
): Promise<Inspection> {
  const { limits, imports: provided } = options
  const { bytes, digest, label } = await readSource(source, readOptionsOf(options, ending), ports.sources)
  const { imports, exports, customSections } = await compile(bytes, limits, {
    ending,
    compileModule: ports.compileModule,
  })
  const manifest = readManifest(customSections)
  const name = options.name ?? manifest?.name ?? label
  const origins = resourceOrigins({ imports, exports }, (id) => matchName(id, provided.keys()) !== undefined)
  const contract = await inTurns(contractOf(exports, origins))
  const grants = parseGrants({}, undefined, ports.grants)
  const refused = reasonOf(() => {
    checkRequired(contract, options.requires, name)
    planImports(imports, provided, { plugin: name, grants, isolation: options.isolation, origins })
  })
  // A resource of the world is one import, however many functions it has.
  const answered = new Map(
    [...imports].flatMap(([id, type]): [string, InspectedImport['from']][] =>
      needsSource(type) ? [[worldItem(id, type)?.wit ?? id, sourceOf(id, type, { provided, grants })]] : [],
    ),
  )
  return Object.freeze({
    name,
    digest,
    manifest,
    asks: manifest?.capabilities ?? {},
    imports: [...answered].map(([id, from]) => ({ name: id, from })),
    exports: contract.names,
    refused,
  })
}

function sourceOf(
  name: string,
  type: ExternType,
  { provided, grants }: { provided: ReadonlyMap<string, unknown>; grants: GrantSet },
): InspectedImport['from'] {
  if (offeredName(name, type, provided) !== undefined) return 'app'
  return offerOf(name, grants).kind === 'unknown' ? 'nobody' : 'host'
}

function reasonOf(check: () => void): PluginError | undefined {
  try {
    check()
  } catch (error) {
    if (PluginError.is(error)) return error
    throw error
  }
  return undefined
}
