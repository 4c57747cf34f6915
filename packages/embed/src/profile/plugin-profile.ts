import type { Frame } from '@wasm-plugin/runtime/errors'
import { showText } from '@wasm-plugin/runtime/text'
import type { FoundFunction, SampledFunction } from '../frames/function-finder.js'
import type { CallNode, CallTree } from './call-tree.js'
import type { CallFrame, CpuProfile } from './cpu-profile.js'
import type { FindFunctions } from './profiled.js'
import { eachSpent, isBridge, isWasm, type Spent } from './spent.js'

/** A function of a plugin, and how long it ran. Its line is that on which it begins. */
export interface ProfiledFunction extends Omit<Frame, 'column'> {
  /** Milliseconds that it ran itself, those of functions included that were inlined into it. */
  readonly selfMs: number
  /** Milliseconds that it or what it called ran. */
  readonly totalMs: number
}

/** What a plugin did for a while. Made by `plugin.profile`. */
export interface PluginProfile {
  /** Its functions, first those that ran longest themselves. */
  readonly functions: readonly ProfiledFunction[]
  /** Milliseconds that were looked at, of all its threads. */
  readonly durationMs: number
  /** Milliseconds that its own code ran. */
  readonly pluginMs: number
  /** Milliseconds in WASI, those included in which a file or the network was waited for. */
  readonly wasiMs: number
  /** Milliseconds in functions of the application, which the plugin called and waited for. */
  readonly hostMs: number
  /** Milliseconds in which values were passed to one of the two or back, and what is left of them was collected. */
  readonly valuesMs: number
  /** The content of a file `.cpuprofile`, for Chrome DevTools, VS Code or speedscope. */
  readonly cpuProfile: CpuProfile
}

/** Functions that are told of. */
const MAX_FUNCTIONS = 10_000
/** Characters of a text. */
const MAX_TEXT = 300

/** What was sampled, in terms of the plugin. */
export function profileOf(tree: CallTree, find: FindFunctions): PluginProfile {
  const found = functionsIn(tree, find)
  skipEntries(tree, found)
  const ms: Record<Spent, number> = { plugin: 0, wasi: 0, host: 0, values: 0, outside: 0 }
  const places = placesIn(tree, found)
  for (const { node, spent } of places) ms[spent] += node.selfMs
  return {
    functions: functionsOf(places, found).slice(0, MAX_FUNCTIONS),
    durationMs: tree.durationMs,
    pluginMs: ms.plugin,
    wasiMs: ms.wasi,
    hostMs: ms.host,
    valuesMs: ms.values,
    cpuProfile: tree.toCpuProfile((node) => shownFrame(node, found.get(keyOf(node))?.frame)),
  }
}

type Functions = ReadonlyMap<string, FoundFunction>

/** The plugin's functions by their keys. */
function functionsIn(tree: CallTree, find: FindFunctions): Functions {
  const modules = new Map<string, Map<number, SampledFunction>>()
  for (const node of tree.nodes()) {
    if (!isWasm(node) || isBridge(node)) continue
    const { url, functionName: name, columnNumber: offset } = node.frame
    const known = modules.get(url) ?? new Map()
    if (!known.has(offset) || !name.startsWith(ENTRY)) known.set(offset, { name, offset })
    modules.set(url, known)
  }
  const all = new Map<string, FoundFunction>()
  for (const [url, known] of modules) {
    const sampled = [...known.values()]
    for (const [i, found] of find(sampled).entries())
      if (found !== undefined) all.set(`${url} ${sampled[i]!.offset}`, found)
  }
  return all
}

/**
 * V8 shows its own code in front of a function that is called from JavaScript as any exported function, which may be that one itself.
 * One that calls another exported one cannot be told from it, and counts as if it did not.
 */
function skipEntries(tree: CallTree, functions: Functions): void {
  const isExported = (node: CallNode) => functions.get(keyOf(node))?.isExported === true
  tree.skip((node, caller, above) => !isWasm(above) && isExported(caller) && isExported(node))
}

/** How V8 calls its own code in front of a function that is called from JavaScript, at the same place. */
const ENTRY = 'js-to-wasm:'

function keyOf({ frame: { url, columnNumber } }: CallNode): string {
  return `${url} ${columnNumber}`
}

interface Place {
  readonly node: CallNode
  readonly key: string
  readonly spent: Spent
  readonly caller: Place | undefined
  totalMs: number
}

/** Callers first. */
function placesIn(tree: CallTree, functions: Functions): Place[] {
  const places = new Map<CallNode, Place>()
  const isOwn = (node: CallNode) => functions.has(keyOf(node))
  eachSpent(tree.root, isOwn, (node, spent, caller) => {
    places.set(node, {
      ...{ node, key: keyOf(node), spent },
      caller: caller && places.get(caller),
      totalMs: node.selfMs,
    })
  })
  const all = [...places.values()]
  for (const { caller, totalMs } of all.toReversed()) if (caller !== undefined) caller.totalMs += totalMs
  return all
}

function functionsOf(places: readonly Place[], found: Functions): ProfiledFunction[] {
  const functions = new Map<string, { selfMs: number; totalMs: number }>()
  for (const place of places) {
    const { key } = place
    if (!found.has(key)) continue
    const times = functions.get(key) ?? { selfMs: 0, totalMs: 0 }
    functions.set(key, times)
    times.selfMs += place.node.selfMs
    // One that calls itself runs once.
    if (!isBelowItself(place)) times.totalMs += place.totalMs
  }
  return [...functions]
    .map(([key, { selfMs, totalMs }]) => {
      const { function: name, file, line, language } = (found.get(key) as FoundFunction).frame
      return { function: name, file, line, language, selfMs, totalMs }
    })
    .sort((a, b) => b.selfMs - a.selfMs || b.totalMs - a.totalMs)
}

function isBelowItself({ key, caller }: Place): boolean {
  for (let above = caller; above !== undefined; above = above.caller) if (above.key === key) return true
  return false
}

/** As tools show it: a function of the plugin by its name, and by the line of the file on which it begins. */
function shownFrame({ frame }: CallNode, own: Frame | undefined): CallFrame {
  const shown = (text: string) => showText(text, MAX_TEXT)
  const { functionName, scriptId, url } = frame
  if (own === undefined)
    return { ...frame, functionName: shown(functionName), scriptId: shown(scriptId), url: shown(url) }
  const { function: name, file, line } = own
  return {
    functionName: name ?? shown(functionName),
    scriptId: '0',
    ...(file === null || line === null
      ? { url: shown(url), lineNumber: frame.lineNumber, columnNumber: frame.columnNumber }
      : { url: file, lineNumber: line - 1, columnNumber: 0 }),
  }
}
