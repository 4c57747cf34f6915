import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ManifestRequests } from '@wasm-plugin/manifest'
import type { AccessEvent, GrantControl, GrantSet } from '@wasm-plugin/wasi'
import type { Descriptor, LiveGrants, RuleState } from '@wasm-plugin/wasi/instance'
import { onTestFinished } from 'vitest'
import { type HostStrategy, instancePorts, openDirectories } from '#internal'
import { openInstance, rootsOf } from '../../../wasi/test/helpers/instance.js'
import { grantControl, parseGrants } from './grants.js'

export {
  errorOf,
  FOLLOW,
  flags,
  listNames,
  NO_FOLLOW,
  openDir,
  openFlags,
  read,
  readText,
  writeText,
} from '../../../wasi/test/helpers/descriptors.js'
export { noServices } from '../../../wasi/test/helpers/instance.js'

const ports = instancePorts()

/** A directory that is removed after the test. */
export function tempDir(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'wasi-test-')))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export interface TestFs {
  /** The preopened directories by the path that the plugin sees. */
  readonly roots: ReadonlyMap<string, Descriptor>
  readonly events: AccessEvent[]
  readonly state: RuleState
  readonly live: LiveGrants
  /** Takes grants back. */
  readonly control: GrantControl
  readonly grants: GrantSet
  codeOf(error: unknown): unknown
  close(): void
}

/** Where the files of a test are: in a directory of the system, reached in one of two ways, or in memory. */
export type Where = HostStrategy | 'memory'
export const everywhere: readonly Where[] = ['handles', 'paths', 'memory']

/** The filesystem of one instance, with grants as the host would give them. */
export function openFs(
  input: unknown,
  where?: Where,
  grants = parseGrants({ fs: input }),
  pause = () => {},
  state?: RuleState,
): TestFs {
  const directories = openDirectories(where === 'memory' ? undefined : where)
  const instance = openInstance(grants, { ports: { ...ports, directories }, pause }, state)
  const { gate, events, get, wasi } = instance
  return {
    roots: rootsOf(instance),
    events,
    state: gate.grants.state,
    live: gate.grants,
    control: grantControl(gate.grants),
    grants,
    codeOf: get('wasi:filesystem/types').filesystemErrorCode,
    close: () => wasi.dispose(),
  }
}

/** One read-write directory `/g` on a fresh host directory with a sibling `secret` outside. */
export function writableGrant(strategy?: HostStrategy) {
  const base = tempDir()
  const host = join(base, 'granted')
  mkdirSync(host)
  const fs = openFs([{ path: host, at: '/g', access: 'read-write' }], strategy)
  return { base, host, fs, root: fs.roots.get('/g') as Descriptor }
}

/** A grant at `/g` (or as `grant` says) with these files in it, wherever they are to be. */
export function grantOf(where: Where, files: Record<string, string> = {}, grant: object = {}): object {
  const common = { at: '/g', access: 'read-write', ...grant }
  if (where === 'memory') return { memory: files, ...common }
  const path = tempDir()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return { path, ...common }
}

/** One read-write directory `/g`, and what another instance of the plugin sees of it. */
export function anyGrant(where: Where, files: Record<string, string> = {}, limits: object = {}) {
  const fs = openFs([grantOf(where, files, limits)], where)
  const again = openFs(undefined, where, fs.grants, undefined, fs.state)
  return { fs, root: fs.roots.get('/g') as Descriptor, other: again.roots.get('/g') as Descriptor }
}

/** The whole WASI of one instance without services. */
export function openWasi(input: unknown, requests?: ManifestRequests, maxWaitMs?: number) {
  return openInstance(parseGrants(input, requests), {
    ports,
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  })
}
