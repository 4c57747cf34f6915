import { getArguments, getEnvironment } from 'wasi:cli/environment'
import { getStdout } from 'wasi:cli/stdout'
import { getDirectories } from 'wasi:filesystem/preopens'
import type { Descriptor } from 'wasi:filesystem/types'
import type { DescriptorFlags, Exports, OpenFlags } from './gen/world.js'

const variables = () => new Map(getEnvironment())

export const report: Exports['report'] = () => {
  print(`args: ${getArguments().join(' ')}`)
  print(`GREETING: ${variables().get('GREETING') ?? 'none'}`)
  print(`HOME: ${variables().get('HOME') ?? 'none'}`)
  print(`read: ${read('/data/hello.txt')}`)
  print(`missing: ${read('/data/missing.txt')}`)
  print(`outside: ${read('/data/../secret.txt')}`)
  print(`list: ${list('/data').sort().join(' ')}`)
  print(`write: ${write('/out/made.txt')}`)
  print(`write where it may read: ${write('/data/made.txt')}`)
  print(`read back: ${read('/out/made.txt')}`)
  print(`remove: ${remove('/out/made.txt')}`)
  console.error('done')
}

/** `console` writes to stderr. */
function print(line: string): void {
  using out = getStdout()
  out.blockingWriteAndFlush(new TextEncoder().encode(`${line}\n`))
}

const read = (path: string): string =>
  orRefused(() => {
    using file = open(path, {}, { read: true })
    const [bytes] = file.read(1_000n, 0n)
    return new TextDecoder().decode(bytes)
  })

const write = (path: string): string =>
  orRefused(() => {
    using file = open(path, { create: true, truncate: true }, { write: true })
    file.write(new TextEncoder().encode('written by a plugin'), 0n)
    return 'ok'
  })

const remove = (path: string): string =>
  orRefused(() => {
    const { folder, name } = locate(path)
    folder.unlinkFileAt(name)
    return 'ok'
  })

function list(path: string): string[] {
  if (findFolder(path) === undefined) return []
  using entries = locate(path).folder.readDirectory()
  const names: string[] = []
  for (;;) {
    const entry = entries.readDirectoryEntry()
    if (entry === undefined) return names
    names.push(entry.name)
  }
}

function open(path: string, how: OpenFlags, access: DescriptorFlags): Descriptor {
  const { folder, name } = locate(path)
  return folder.openAt({ symlinkFollow: true }, name, how, access)
}

/** The granted folder that a path is in, and the rest of the path. */
function locate(path: string): { folder: Descriptor; name: string } {
  const found = findFolder(path)
  if (found === undefined) throw Object.assign(new Error(`${path} is not granted`), { payload: 'access' })
  const [folder, at] = found
  return { folder, name: path.slice(at.length + 1) }
}

const findFolder = (path: string) =>
  getDirectories().find(([, at]) => path === at || path.startsWith(`${at}/`))

/** What a function of WASI fails with is the payload of an error. */
function orRefused(work: () => string): string {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error && 'payload' in error)) throw error
    return 'refused'
  }
}
