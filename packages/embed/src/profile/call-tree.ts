import type { CallFrame, CpuProfile, CpuProfileNode } from './cpu-profile.js'

/** A function, by the way that led to it. */
export interface CallNode {
  readonly id: number
  readonly frame: CallFrame
  readonly depth: number
  readonly children: Map<string, CallNode>
  /** Samples that found it running. */
  hits: number
  /** Milliseconds that it ran itself. */
  selfMs: number
  /** The one that it has become part of. */
  into?: CallNode
}

/** Functions by the ways that led to them: a plugin can make as many as there are samples, each as deep as is looked. */
const MAX_NODES = 50_000
/** Functions of one stack, of which engines look at 255. */
const MAX_DEPTH = 300

/** Samples whose order is kept: a quarter of an hour of one thread. */
const MAX_SAMPLES = 1_000_000

/** What several profiles of a thread say together. */
export class CallTree {
  readonly root: CallNode = newNode(1, ROOT, 0)
  readonly #samples: CallNode[] = []
  readonly #deltas: number[] = []
  #nodes = 1

  /** Milliseconds of all that was added. */
  durationMs = 0

  /** What is deeper than there is room for counts as what called it. */
  add({ nodes, samples, timeDeltas, startTime, endTime }: CpuProfile): void {
    const own = this.#placesOf(nodes)
    let at = startTime
    for (const [i, id] of samples.entries()) {
      const delta = Math.max(0, timeDeltas[i]!)
      at += delta
      const next = i + 1 < samples.length ? Math.max(0, timeDeltas[i + 1]!) : Math.max(0, endTime - at)
      const node = own.get(id) ?? this.root
      node.hits++
      node.selfMs += next / 1e3
      this.#append(node, delta)
    }
    // So that the next ones begin where these end.
    const rest = Math.max(0, endTime - at)
    if (rest > 0) this.#append(this.root, rest)
    this.durationMs += Math.max(0, endTime - startTime) / 1e3
  }

  /** Callers first. */
  *nodes(): Generator<CallNode> {
    const pending = [this.root]
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      yield node
      pending.push(...node.children.values())
    }
  }

  /** @param shown the frame of a node as it is to be seen */
  toCpuProfile(shown: (node: CallNode) => CallFrame): CpuProfile {
    return {
      nodes: [...this.nodes()].map((node) => ({
        id: node.id,
        callFrame: shown(node),
        hitCount: node.hits,
        ...(node.children.size > 0 && { children: [...node.children.values()].map(({ id }) => id) }),
      })),
      startTime: 0,
      endTime: this.#deltas.reduce((sum, delta) => sum + delta, 0),
      samples: this.#samples.map((node) => resolved(node).id),
      timeDeltas: [...this.#deltas],
    }
  }

  /** Has functions called by what called the one that calls them, where `isSkipped` says so. */
  skip(isSkipped: (node: CallNode, caller: CallNode, above: CallNode) => boolean): void {
    for (const above of this.nodes())
      for (const [key, caller] of [...above.children]) {
        for (const [inner, node] of [...caller.children])
          if (isSkipped(node, caller, above)) {
            caller.children.delete(inner)
            merge(above.children, inner, node)
          }
        if (caller.hits === 0 && caller.children.size === 0) above.children.delete(key)
      }
  }

  #append(node: CallNode, delta: number): void {
    if (this.#samples.length === MAX_SAMPLES) return
    this.#samples.push(node)
    this.#deltas.push(delta)
  }

  /** Where the nodes of a profile are here. */
  #placesOf(nodes: readonly CpuProfileNode[]): Map<number, CallNode> {
    const byId = new Map(nodes.map((node) => [node.id, node]))
    const places = new Map<number, CallNode>()
    const first = nodes[0] as CpuProfileNode
    const pending: [CpuProfileNode, CallNode][] = [[first, this.root]]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [node, place] = next
      // A child of two is one of the first.
      if (places.has(node.id)) continue
      places.set(node.id, place)
      for (const id of node.children ?? []) {
        const child = byId.get(id)
        if (child !== undefined) pending.push([child, this.#childOf(place, child.callFrame)])
      }
    }
    return places
  }

  #childOf(parent: CallNode, frame: CallFrame): CallNode {
    const key = JSON.stringify([frame.functionName, frame.url, frame.lineNumber, frame.columnNumber])
    const known = parent.children.get(key)
    if (known !== undefined) return known
    if (this.#nodes === MAX_NODES || parent.depth === MAX_DEPTH) return parent
    const child = newNode(++this.#nodes, frame, parent.depth + 1)
    parent.children.set(key, child)
    return child
  }
}

/** Adds a function and what it calls to others. */
function merge(children: Map<string, CallNode>, key: string, node: CallNode): void {
  const known = children.get(key)
  if (known === undefined) {
    children.set(key, node)
    return
  }
  known.hits += node.hits
  known.selfMs += node.selfMs
  node.into = known
  for (const [inner, child] of node.children) merge(known.children, inner, child)
}

function resolved(node: CallNode): CallNode {
  let at = node
  while (at.into !== undefined) at = at.into
  return at
}

function newNode(id: number, frame: CallFrame, depth: number): CallNode {
  return { id, frame, depth, children: new Map(), hits: 0, selfMs: 0 }
}

const ROOT: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 }
