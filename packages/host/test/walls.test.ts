import { readFileSync } from 'node:fs'
import {
  createHost,
  type GrantsInput,
  type Host,
  type Isolation,
  type LoadOptions,
  type Plugin,
  type PluginLimits,
} from '@wasm-plugin/host'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'
import { inProcesses } from './helpers/walls.js'

/** One plugin behind every wall. What comes of each attempt is a row of the table in docs/security.md. */
const PLUGIN = `(component
  (import "later" (func $later' (result u32)))
  (core func $later (canon lower (func $later')))
  (core module $d (func (export "dtor") (param i32)))
  (core instance $d (instantiate $d))
  (type $item' (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $item'))
  (core module $m
    (import "" "later" (func $later (result i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "later") (result i32) (call $later))
    (func (export "make") (result i32) (call $new (i32.const 7)))
    (func (export "of") (param i32) (result i32) (local.get 0))
    (func $deep (export "deep") (call $deep))
    (func (export "spin") (loop $l (br $l)))
    (func (export "trap") unreachable)
    (func (export "grow") (result i32) (memory.grow (i32.const 20))))
  (core instance $i (instantiate $m (with "" (instance (export "later" (func $later)) (export "new" (func $new))))))
  (export $item "item" (type $item'))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "later") (result u32) (canon lift (core func $i "later")))
  (func (export "make") (result (own $item)) (canon lift (core func $i "make")))
  (func (export "[method]item.value") (param "self" (borrow $item)) (result u32) (canon lift (core func $i "of")))
  (func (export "deep") (canon lift (core func $i "deep")))
  (func (export "spin") (canon lift (core func $i "spin")))
  (func (export "trap") (canon lift (core func $i "trap")))
  (func (export "grow") (result s32) (canon lift (core func $i "grow"))))`

const WALLS = ['worker', 'process', 'inline'] as const

interface Row {
  readonly label: string
  readonly grants?: GrantsInput
  readonly limits?: Partial<PluginLimits>
  readonly later?: () => unknown
  run(exports: Plugin['exports']): unknown
}

const add = (exports: Plugin['exports']) => exports.add(40, 2)

const rows: readonly Row[] = [
  { label: 'a call', run: add },
  { label: 'a resource of the plugin', run: async (exports) => (await exports.make()).value() },
  { label: 'a function of the application that answers at once', later: () => 3, run: (e) => e.later() },
  { label: 'one that answers later', later: async () => 3, run: (e) => e.later() },
  { label: 'a grant of a directory', grants: { fs: [{ path: '.', at: '/d', access: 'read' }] }, run: add },
  {
    label: 'a grant of files in memory',
    grants: { fs: [{ memory: {}, at: '/m', access: 'read' }] },
    run: add,
  },
  { label: 'a grant of a store', grants: { keyvalue: { s: {} } }, run: add },
  { label: 'a grant of the network', grants: { net: ['https://acme.example'] }, run: add },
  { label: 'a trap', run: (exports) => exports.trap() },
  { label: 'recursion without end', run: (exports) => exports.deep() },
  { label: 'a loop without end', limits: { timeoutMs: 1_000 }, run: (exports) => exports.spin() },
  { label: 'more memory than its limit', limits: { memoryBytes: 1 << 20 }, run: (exports) => exports.grow() },
]

let host: Host
let component: Uint8Array
beforeAll(async () => {
  component = await assemble(PLUGIN)
  host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
})
afterAll(() => host.close())

/** What came of it, and then of a call that is nobody's fault. */
async function outcome(isolation: Isolation, { grants, limits, later = () => 0, run }: Row): Promise<string> {
  const options = {
    name: 'plugin',
    isolation,
    imports: { later },
    ...(grants && { grants }),
    ...(limits && { limits }),
  }
  const show = async (work: () => unknown) => {
    try {
      return String(await work())
    } catch (error) {
      return `\`${(error as { code: string }).code}\``
    }
  }
  let plugin: Plugin | undefined
  const loaded = await show(async () => {
    plugin = (await host.load(component, options as LoadOptions)) as Plugin
  })
  if (plugin === undefined) return `${loaded} at load`
  const { exports } = plugin
  try {
    const came = await show(() => run(exports))
    expect(await show(() => add(exports))).toBe('42')
    return came
  } finally {
    await plugin.close()
  }
}

// There, a thread is a process too.
it.skipIf(inProcesses)(
  'comes out behind each wall as docs/security.md says',
  { timeout: 120_000 },
  async () => {
    const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')
    const table = [
      ...(page.split('<!-- walls -->')[1]?.split('<!-- end -->')[0] ?? '').matchAll(/^\|.*\|$/gm),
    ]
    const lines: string[] = []
    for (const row of rows) {
      const cells: string[] = []
      for (const wall of WALLS) cells.push(await outcome(wall, row))
      lines.push(`| ${row.label} | ${cells.join(' | ')} |`)
    }
    const head = [`| | ${WALLS.map((wall) => `\`${wall}\``).join(' | ')} |`, '| --- | --- | --- | --- |']
    expect(table.map(([line]) => line)).toEqual([...head, ...lines])
  },
)
