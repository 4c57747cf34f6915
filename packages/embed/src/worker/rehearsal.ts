import type { Component, FuncType } from '@wasm-plugin/runtime'
import { LiveGrants, noGrants } from '@wasm-plugin/wasi/instance'
import { type ExportPlace, exportAt } from '../contract/callable-export.js'
import { type FunctionCodec, FunctionCodecs } from '../lane/function-codec.js'
import { cell, cellOf, LaneMemory, LEAVE, laneBuffer, word } from '../lane/memory.js'
import type { ThreadInit, ThreadLimits } from '../wire/messages.js'
import { startPlugin, type ThreadEnds } from './start-plugin.js'

/** A plugin that nobody waits for. */
export interface Rehearsed {
  readonly component: Component
  /** Its functions, and what each is called with. */
  readonly calls: readonly { readonly place: ExportPlace; readonly args: readonly unknown[] }[]
  /** What functions of the application answer. */
  readonly asked: () => unknown
  readonly ports: ThreadEnds['ports']
}

/** Calls after which code has been generated for a function, and run. */
const CALLS = 16

/**
 * Has a thread run the code that a plugin needs before there is one, which takes a multiple of the time when it runs first: it
 * starts a plugin as it starts others, whose calls are written as the application writes them, all before the first one
 * is answered.
 */
export function rehearse({ component, calls, asked, ports }: Rehearsed): void {
  const { imports, exports } = component
  const lane = laneBuffer()
  const init: ThreadInit = {
    plugin: 'rehearsal',
    component: component.transfer(),
    imports: [...imports.keys()].map((name) => ({ name, from: 'app' })),
    functions: [],
    exports: calls.map(({ place }) => place),
    grants: noGrants,
    ruleState: new LiveGrants(noGrants).state.buffer,
    limits: LIMITS,
    mayTellPlaces: false,
    lane,
  }
  const { serve } = startPlugin(init, {
    ask: () => () => ({ ok: true, value: asked() }),
    ports,
    post() {},
    answer() {},
  })
  write(
    new LaneMemory(lane, LIMITS),
    calls.map(({ place, args }) => ({ type: exportAt(exports, place).type, args })),
  )
  serve({ type: 'lane' })
}

const LIMITS: ThreadLimits = {
  memoryBytes: 1 << 20,
  memories: 4,
  tableElements: 1 << 10,
  moduleHeapBytes: 1 << 20,
  dataBytes: 1 << 20,
  handles: 16,
  valueBytes: 1 << 16,
  liftedValues: 1 << 16,
}

interface Written {
  readonly type: FuncType
  readonly args: readonly unknown[]
}

function write(memory: LaneMemory, calls: readonly Written[]): void {
  const { words, numbers } = memory
  const codecs = new FunctionCodecs({ args: memory.app, result: memory.thread })
  let request = 0
  for (const [func, { type, args }] of calls.entries())
    for (let i = 0; i < CALLS; i++) {
      const at = cellOf(++request)
      words[at + cell.func] = func
      words[at + cell.values] = (codecs.of(func, () => type) as FunctionCodec).args.write(args)
      numbers[at / 2 + cell.call] = request
      numbers[at / 2 + cell.fuel] = Number.NaN
    }
  words[cellOf(++request) + cell.func] = LEAVE
  words[word.request] = request
}
