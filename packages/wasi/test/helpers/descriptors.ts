import { ComponentError } from '@wasm-plugin/runtime'
import type { Descriptor, DescriptorFlags, OpenFlags } from '@wasm-plugin/wasi/instance'

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
