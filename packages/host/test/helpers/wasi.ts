import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ComponentError } from '@wasm-plugin/runtime'
import { onTestFinished } from 'vitest'
import type { GrantControl } from '../../src/grants/control.js'
import { type AccessEvent, createGate } from '../../src/grants/gate.js'
import type { GrantSet } from '../../src/grants/grant-set.js'
import type { LiveGrants } from '../../src/grants/live-grants.js'
import type { RuleState } from '../../src/grants/rule-state.js'
import { instancePorts } from '../../src/instance-ports.js'
import { type HostStrategy, openDirectories } from '../../src/node/directories/open.js'
import type { ServiceCaller } from '../../src/protocol/service-map.js'
import { createClock } from '../../src/wasi/clocks/clock.js'
import type { LogLine } from '../../src/wasi/context.js'
import type { Descriptor, DescriptorFlags, OpenFlags } from '../../src/wasi/filesystem/descriptor.js'
import { createFilesystem } from '../../src/wasi/filesystem/index.js'
import { createWasi } from '../../src/wasi/index.js'
import { Waiter } from '../../src/wasi/io/waiter.js'
import { grantControl, parseGrants } from './grants.js'

const ports = instancePorts()

/** A directory that is removed after the test. */
export function tempDir(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'wasi-test-')))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export const noServices: ServiceCaller = {
  call(service) {
    throw new TypeError(`no service ${service} in this test`)
  },
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
export function openFs(input: unknown, where?: Where, grants = parseGrants({ fs: input })): TestFs {
  const events: AccessEvent[] = []
  const gate = createGate('test', grants, (event) => events.push(event))
  const waiter = new Waiter(createClock(grants.clocks, ports), noServices)
  const fs = createFilesystem({
    gate,
    waiter,
    ports: { ...ports, directories: openDirectories(where === 'memory' ? undefined : where) },
  })
  onTestFinished(() => fs.close())
  const roots = new Map(fs.preopens.getDirectories().map(([descriptor, at]) => [at, descriptor]))
  return {
    roots,
    events,
    state: gate.grants.state,
    live: gate.grants,
    control: grantControl(gate.grants),
    grants,
    codeOf: fs.types.filesystemErrorCode as never,
    close: () => fs.close(),
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
  const again = openFs(undefined, where, fs.grants)
  return { fs, root: fs.roots.get('/g') as Descriptor, other: again.roots.get('/g') as Descriptor }
}

/** Runs `step`; the `err` of its `result`, or a marker that it did not fail. */
export function errorOf(step: () => unknown): unknown {
  try {
    step()
  } catch (error) {
    if (ComponentError.is(error)) return error.payload
    throw error
  }
  return 'no error'
}

export const FOLLOW = { symlinkFollow: true }
export const NO_FOLLOW = { symlinkFollow: false }

export function flags(...names: (keyof DescriptorFlags)[]): DescriptorFlags {
  const all: DescriptorFlags = {
    read: false,
    write: false,
    fileIntegritySync: false,
    dataIntegritySync: false,
    requestedWriteSync: false,
    mutateDirectory: false,
  }
  for (const name of names) all[name] = true
  return all
}

export function openFlags(...names: (keyof OpenFlags)[]): OpenFlags {
  const all: OpenFlags = { create: false, directory: false, exclusive: false, truncate: false }
  for (const name of names) all[name] = true
  return all
}

export const read = (root: Descriptor, path: string) => root.openAt(FOLLOW, path, openFlags(), flags('read'))
export const openDir = (root: Descriptor, path: string) =>
  root.openAt(FOLLOW, path, openFlags('directory'), flags('read'))

export function readText(root: Descriptor, path: string): string {
  const file = read(root, path)
  const [bytes] = file.read(1_000_000n, 0n)
  file[Symbol.dispose]()
  return new TextDecoder().decode(bytes)
}

export function writeText(root: Descriptor, path: string, text: string): void {
  const file = root.openAt(NO_FOLLOW, path, openFlags('create', 'truncate'), flags('write'))
  try {
    file.write(new TextEncoder().encode(text), 0n)
  } finally {
    file[Symbol.dispose]()
  }
}

export function listNames(dir: Descriptor): string[] {
  const stream = dir.readDirectory()
  const names: string[] = []
  for (let entry = stream.readDirectoryEntry(); entry !== undefined; entry = stream.readDirectoryEntry())
    names.push(entry.name)
  stream[Symbol.dispose]()
  return names.sort()
}

/** The whole WASI of one instance without services. */
export function openWasi(input: unknown, requests?: Parameters<typeof parseGrants>[1], maxWaitMs?: number) {
  const grants = parseGrants(input, requests)
  const events: AccessEvent[] = []
  const lines: LogLine[] = []
  const wasi = createWasi({
    plugin: 'test',
    gate: createGate('test', grants, (event) => events.push(event)),
    ports,
    services: noServices,
    log: (line) => lines.push(line),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  })
  onTestFinished(() => wasi.dispose())
  // biome-ignore lint/suspicious/noExplicitAny: the interfaces of WASI as a plugin sees them, by name.
  const get = (name: string): any => wasi.get(`${name}@0.2.3`)
  return { get, wasi, events, lines, grants }
}
