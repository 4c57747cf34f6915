import type { CallNode } from './call-tree.js'

/** What a thread did in the time of a node's own. */
export type Spent =
  /** Ran the plugin. */
  | 'plugin'
  /** Ran WASI, which the plugin called. */
  | 'wasi'
  /** Ran a function of the application, which the plugin called, or waited until it had. */
  | 'host'
  /** Passed values into the plugin and out of it. */
  | 'values'
  /** Anything else: it waited for a call, mostly. */
  | 'outside'

/** How frames of WebAssembly are known: no other code has such a URL, and all of it has. */
const WASM = 'wasm://'

/**
 * The names of the functions through which a plugin calls out, see `generate/call-host.ts` of the runtime. They count in code that
 * is none of WebAssembly, so that no function of a plugin passes for one.
 */
const CALLS_OUT: ReadonlyMap<string, Spent> = new Map([
  ['callWasi', 'wasi'],
  ['callApplication', 'host'],
])

export function isWasm({ frame }: CallNode): boolean {
  return frame.url.startsWith(WASM)
}

/** What the engine puts between a module and JavaScript that it calls. It is nowhere in the module. */
export function isBridge(node: CallNode): boolean {
  return isWasm(node) && node.frame.columnNumber <= 0
}

/** Calls `visit` for every node, callers first, with how its own time was spent. */
export function eachSpent(
  root: CallNode,
  isOwn: (node: CallNode) => boolean,
  visit: (node: CallNode, spent: Spent, caller: CallNode | undefined) => void,
): void {
  const pending: { node: CallNode; by: Spent; caller?: CallNode }[] = [{ node: root, by: 'outside' }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, by, caller } = next
    const spent = spentIn(node, by, isOwn)
    visit(node, spent, caller)
    for (const child of node.children.values()) pending.push({ node: child, by: spent, caller: node })
  }
}

/** @param by how the caller's time is spent */
function spentIn(node: CallNode, by: Spent, isOwn: (node: CallNode) => boolean): Spent {
  if (isBridge(node)) return by === 'plugin' ? 'values' : by
  if (isWasm(node)) return isOwn(node) ? 'plugin' : by
  // The engine itself, at work for the code that runs.
  if (node.frame.functionName === '(program)') return by
  return by === 'plugin' || by === 'values' ? (CALLS_OUT.get(node.frame.functionName) ?? 'values') : by
}
