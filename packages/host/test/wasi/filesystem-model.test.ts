// On every Node: files and clocks.
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'
import { errorOf, FOLLOW, flags, grantOf, NO_FOLLOW, openFlags, openFs } from '../helpers/wasi.js'

const RUNS = tries(400)

/** A directory that a sequence of operations works on, with the handles it has open. */
interface World {
  readonly root: Descriptor
  readonly handles: Map<number, Descriptor>
}
/** What the plugin sees of one operation, in a form that can be compared. */
type Step = (world: World) => unknown

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => 1 + (i % 250))
const time = (seconds: number) =>
  ({ tag: 'timestamp', val: { seconds: BigInt(seconds), nanoseconds: 250_000_000 } }) as const

const name = fc.constantFrom('a', 'b', 'c', 'ä')
const path = fc.oneof(
  name,
  fc.tuple(name, name).map((names) => names.join('/')),
  fc.tuple(name, name, name).map((names) => names.join('/')),
  fc.constantFrom('.', 'a/', 'b/.', 'a/..', 'a/../b', '..', 'a/../..', '', '/a', 'b//c', 'a/b/', './c'),
)
const target = fc.constantFrom('a', 'b', 'c', 'a/b', '../a', 'b/', '.', './c', '../b/c', 'missing')
const follow = fc.constantFrom(FOLLOW, NO_FOLLOW)
const slot = fc.nat({ max: 3 })
const offset = fc.oneof(fc.nat({ max: 2_000 }), fc.constantFrom(0, 511, 512, 513, 65_536, 70_000))
const length = fc.oneof(fc.nat({ max: 1_200 }), fc.constantFrom(0, 512, 4_096, 70_000))

const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  path.map((p): [string, Step] => [`mkdir ${p}`, ({ root }) => root.createDirectoryAt(p)]),
  path.map((p): [string, Step] => [`rmdir ${p}`, ({ root }) => root.removeDirectoryAt(p)]),
  path.map((p): [string, Step] => [`unlink ${p}`, ({ root }) => root.unlinkFileAt(p)]),
  path.map((p): [string, Step] => [`readlink ${p}`, ({ root }) => root.readlinkAt(p)]),
  fc
    .tuple(target, path)
    .map(([t, p]): [string, Step] => [`symlink ${t} ${p}`, ({ root }) => root.symlinkAt(t, p)]),
  fc
    .tuple(path, path)
    .map(([a, b]): [string, Step] => [`rename ${a} ${b}`, ({ root }) => root.renameAt(a, root, b)]),
  fc
    .tuple(follow, path, path)
    .map(([f, a, b]): [string, Step] => [
      `link ${f.symlinkFollow} ${a} ${b}`,
      ({ root }) => root.linkAt(f, a, root, b),
    ]),
  fc.tuple(follow, path, fc.nat({ max: 2_000_000_000 })).map(([f, p, s]): [string, Step] => [
    `times ${f.symlinkFollow} ${p} ${s}`,
    ({ root }) => {
      root.setTimesAt(f, p, time(s), time(s + 1))
      const { type, dataAccessTimestamp, dataModificationTimestamp } = root.statAt(f, p)
      // Going through a link or a directory may count as an access to it.
      return [type === 'regular-file' && dataAccessTimestamp, dataModificationTimestamp]
    },
  ]),
  fc
    .tuple(follow, path)
    .map(([f, p]): [string, Step] => [
      `stat ${f.symlinkFollow} ${p}`,
      ({ root }) => statOf(root.statAt(f, p)),
    ]),
  fc
    .tuple(
      slot,
      follow,
      path,
      fc.subarray(['create', 'directory', 'exclusive', 'truncate'] as const),
      fc.subarray(['read', 'write'] as const),
    )
    .map(([to, f, p, how, mode]): [string, Step] => [
      `open ${to} ${f.symlinkFollow} ${p} ${how} ${mode}`,
      ({ root, handles }) => {
        const opened = root.openAt(f, p, openFlags(...how), flags(...mode))
        handles.get(to)?.[Symbol.dispose]()
        handles.set(to, opened)
        return [opened.getType(), opened.getFlags()]
      },
    ]),
  slot.map((from): [string, Step] => [
    `close ${from}`,
    ({ handles }) => {
      handles.get(from)?.[Symbol.dispose]()
      handles.delete(from)
    },
  ]),
  fc
    .tuple(slot, length, offset)
    .map(([from, n, at]): [string, Step] => [
      `write ${from} ${n} ${at}`,
      ({ handles }) => handles.get(from)?.write(bytes(n), BigInt(at)),
    ]),
  fc.tuple(slot, length, offset).map(([from, n, at]): [string, Step] => [
    `read ${from} ${n} ${at}`,
    ({ handles }) => {
      const found = handles.get(from)?.read(BigInt(n), BigInt(at))
      return found && [Buffer.from(found[0]).toString('latin1'), found[1]]
    },
  ]),
  fc
    .tuple(slot, offset)
    .map(([from, size]): [string, Step] => [
      `resize ${from} ${size}`,
      ({ handles }) => handles.get(from)?.setSize(BigInt(size)),
    ]),
  fc
    .tuple(slot, length)
    .map(([from, n]): [string, Step] => [
      `append ${from} ${n}`,
      ({ handles }) => handles.get(from)?.appendViaStream().blockingWriteAndFlush(bytes(n)),
    ]),
  slot.map((from): [string, Step] => [
    `stat of ${from}`,
    ({ handles }) => {
      const handle = handles.get(from)
      return handle && statOf(handle.stat())
    },
  ]),
  slot.map((from): [string, Step] => [
    `list ${from}`,
    ({ handles }) => {
      const handle = handles.get(from)
      return handle && listOf(handle)
    },
  ]),
  fc.tuple(slot, slot).map(([a, b]): [string, Step] => [
    `same ${a} ${b}`,
    ({ handles }) => {
      const [first, second] = [handles.get(a), handles.get(b)]
      return first && second && first.isSameObject(second)
    },
  ]),
)

it(`answers and fails alike in a directory and in memory, for ${RUNS} sequences of operations`, {
  timeout: tries(600_000),
}, () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      // Small enough to be hit, by bytes, by entries and by handles.
      const limits = { quotaBytes: 200_000, quotaEntries: 12, maxOpen: 6 }
      const [real, memory] = (['handles', 'memory'] as const).map((where) => {
        const fs = openFs([grantOf(where, {}, limits)], where)
        const seen = run(steps, fs.roots.get('/g') as Descriptor)
        const events = fs.events.map(({ operation, target, decision, rule }) => [
          operation,
          target,
          decision,
          rule,
        ])
        const quotas = fs.grants.fs.map(({ account }) => fs.state.used(account))
        fs.close()
        return { seen, events, quotas }
      })
      expect(memory).toEqual(real)
    }),
    { numRuns: RUNS },
  )
})

function run(steps: readonly [string, Step][], root: Descriptor): unknown[] {
  const world = { root, handles: new Map<number, Descriptor>() }
  const seen = steps.map(([what, step]) => {
    let value: unknown
    const error = errorOf(() => {
      value = step(world)
    })
    // The handle of an I/O error is an object of its own.
    return [what, typeof error === 'object' && error !== null && 'tag' in error ? error.tag : error, value]
  })
  const tree: unknown[] = []
  describeTree(root, '', tree)
  for (const handle of world.handles.values()) handle[Symbol.dispose]()
  return [...seen, tree]
}

function describeTree(dir: Descriptor, above: string, tree: unknown[]): void {
  for (const [name, type] of listOf(dir)) {
    const path = above + name
    const stat = statOf(dir.statAt(NO_FOLLOW, name as string))
    if (type === 'symbolic-link') tree.push([path, stat, errorOf(() => dir.readlinkAt(name as string))])
    if (type === 'regular-file') {
      const file = dir.openAt(NO_FOLLOW, name as string, openFlags(), flags('read'))
      tree.push([path, stat, Buffer.from(file.read(1n << 20n, 0n)[0]).toString('latin1')])
      file[Symbol.dispose]()
    }
    if (type !== 'directory') continue
    tree.push([path, stat])
    const child = dir.openAt(NO_FOLLOW, name as string, openFlags('directory'), flags('read'))
    describeTree(child, `${path}/`, tree)
    child[Symbol.dispose]()
  }
}

function listOf(dir: Descriptor): unknown[][] {
  const stream = dir.readDirectory()
  const found: unknown[][] = []
  for (let e = stream.readDirectoryEntry(); e !== undefined; e = stream.readDirectoryEntry())
    found.push([e.name, e.type])
  stream[Symbol.dispose]()
  return found.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}

/** Without times, and without what every file system says of its directories in its own way. */
function statOf({ type, size, linkCount }: ReturnType<Descriptor['stat']>): unknown {
  return type === 'directory' ? { type } : { type, size, linkCount }
}
