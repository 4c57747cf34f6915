import type { PluginProfile } from '@wasm-plugin/host'

type CpuProfile = PluginProfile['cpuProfile']
type Node = CpuProfile['nodes'][number]

/** One function, which the one above it called. Widths and places are shares of the time that the plugin ran. */
export interface Bar {
  readonly name: string
  /** `src/lib.rs:10`, where it is known. */
  readonly place: string
  readonly kind: 'plugin' | 'wasi' | 'app' | 'other'
  readonly from: number
  readonly width: number
  readonly depth: number
  readonly ms: number
}

/** Narrower ones are left out: nobody can see them. */
const MIN_SHARE = 0.0005
const MAX_BARS = 5_000

/** Who calls above whom is called, longest first; what called the plugin is left out. */
export function barsOf(profile: CpuProfile): Bar[] {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]))
  const childrenOf = ({ children = [] }: Node) => children.flatMap((id) => byId.get(id) ?? [])
  const times = totalTimes(profile)
  const timeOf = (nodes: readonly Node[]) => nodes.reduce((sum, { id }) => sum + (times.get(id) ?? 0), 0)
  const roots = entries(profile.nodes[0] as Node, childrenOf)
  const all = timeOf(roots)
  const bars: Bar[] = []
  const pending: { nodes: readonly Node[]; from: number; depth: number }[] = [
    { nodes: roots, from: 0, depth: 0 },
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let { from } = next
    const { depth } = next
    const groups = grouped(next.nodes).map((nodes) => ({ nodes, us: timeOf(nodes) }))
    for (const { nodes, us } of groups.sort((a, b) => b.us - a.us)) {
      const width = us / all
      if (!(width >= MIN_SHARE) || bars.length === MAX_BARS) break
      bars.push({ ...shown(nodes[0] as Node), from, width, depth, ms: us / 1e3 })
      pending.push({ nodes: nodes.flatMap(childrenOf), from, depth: depth + 1 })
      from += width
    }
  }
  return bars
}

/** Microseconds by the ids of nodes, with what they called. */
function totalTimes({ nodes, samples, timeDeltas }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>()
  for (const [i, id] of samples.entries()) times.set(id, (times.get(id) ?? 0) + (timeDeltas[i + 1] ?? 0))
  // Those who are called come behind those who call.
  for (const { id, children = [] } of nodes.toReversed())
    times.set(
      id,
      children.reduce((sum, child) => sum + (times.get(child) ?? 0), times.get(id) ?? 0),
    )
  return times
}

/** The first functions of the plugin on every way into it. */
function entries(root: Node, childrenOf: (node: Node) => Node[]): Node[] {
  const found: Node[] = []
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (kindOf(node) === 'plugin') found.push(node)
    else pending.push(...childrenOf(node))
  }
  return found
}

/** The same function, called by different ways into the plugin, is one. */
function grouped(nodes: readonly Node[]): Node[][] {
  const groups = new Map<string, Node[]>()
  for (const node of nodes) {
    const { functionName, url, lineNumber, columnNumber } = node.callFrame
    const key = JSON.stringify([functionName, url, lineNumber, columnNumber])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  return [...groups.values()]
}

function shown(node: Node): Pick<Bar, 'name' | 'place' | 'kind'> {
  const { functionName, url, lineNumber } = node.callFrame
  const kind = kindOf(node)
  const place = kind === 'plugin' && !url.startsWith('wasm://') ? `${url}:${lineNumber + 1}` : ''
  return { name: functionName === '' ? '(anonymous)' : functionName, place, kind }
}

/** As `plugin.profile` has them: code of the plugin has a URL and is in no script, and is called by what is none of it. */
function kindOf({ callFrame: { functionName, scriptId, url } }: Node): Bar['kind'] {
  if (url !== '' && scriptId === '0') return 'plugin'
  return KINDS.get(functionName) ?? 'other'
}

const KINDS: ReadonlyMap<string, Bar['kind']> = new Map([
  ['callWasi', 'wasi'],
  ['callApplication', 'app'],
])
