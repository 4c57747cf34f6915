import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { floodGuest } from '../guests.mjs'

/**
 * What one plugin does, over and over.
 *
 * @typedef {object} Hostility
 * @property {string} name
 * @property {(exports: object) => unknown} [call]
 * @property {'guest' | 'flood' | 'broken'} [component] @default 'guest'
 * @property {readonly ('worker' | 'process' | 'inline')[]} walls
 */

/** A function of each kind of misbehaviour; `add` is for those that behave. */
const GUEST = (start) => `(component
  (import "stuck" (func $stuck'))
  (import "fail" (func $fail'))
  (import "quick" (func $quick'))
  (core func $stuck (canon lower (func $stuck')))
  (core func $fail (canon lower (func $fail')))
  (core func $quick (canon lower (func $quick')))
  (core module $m
    (import "" "stuck" (func $stuck))
    (import "" "fail" (func $fail))
    (import "" "quick" (func $quick))
    (memory (export "memory") 1)
    (table $t 1 funcref)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "spin") (loop $l (br $l)))
    (func (export "trap") unreachable)
    (func $deep (export "deep") (call $deep))
    (func (export "stuck") (call $stuck))
    (func (export "fail") (call $fail))
    (func (export "ask") (loop $l (call $quick) (br $l)))
    (func (export "leak") (local $at i32)
      (loop $l
        (local.set $at (i32.mul (memory.grow (i32.const 16)) (i32.const 65536)))
        (if (i32.lt_s (local.get $at) (i32.const 0)) (then unreachable))
        (memory.fill (local.get $at) (i32.const 1) (i32.const 1048576))
        (br $l)))
    (func (export "table")
      (loop $l
        (if (i32.eq (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)) (then unreachable))
        (br $l)))
    (func (export "huge") (result i32)
      (drop (memory.grow (i32.const 130)))
      (i32.store (i32.const 8) (i32.const 16)) (i32.store (i32.const 12) (i32.const 8000000))
      (i32.const 8))
    (func (export "many") (result i32)
      (drop (memory.grow (i32.const 130)))
      (i32.store (i32.const 8) (i32.const 16)) (i32.store (i32.const 12) (i32.const 1000000))
      (i32.const 8))
    (func (export "far") (result i32)
      (i32.store (i32.const 8) (i32.const -8)) (i32.store (i32.const 12) (i32.const -8))
      (i32.const 8))
    ${start})
  (core instance $i (instantiate $m (with "" (instance
    (export "stuck" (func $stuck)) (export "fail" (func $fail)) (export "quick" (func $quick))))))
  (alias core export $i "memory" (core memory $memory))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  ${['spin', 'trap', 'deep', 'stuck', 'fail', 'ask', 'leak', 'table']
    .map((name) => `(func (export "${name}") (canon lift (core func $i "${name}")))`)
    .join('\n')}
  (func (export "huge") (result (list u8)) (canon lift (core func $i "huge") (memory $memory)))
  (func (export "many") (result (list (tuple u8 s8))) (canon lift (core func $i "many") (memory $memory)))
  (func (export "far") (result (list u8)) (canon lift (core func $i "far") (memory $memory))))`

/** By the names of the component. */
export async function components() {
  return {
    guest: await parse(GUEST('')),
    broken: await parse(GUEST('(func $boom unreachable) (start $boom)')),
    flood: await floodGuest(),
  }
}

const THREADS = ['worker', 'process']
const ALL = ['worker', 'process', 'inline']
const flood = (name) => (exports) => exports['bench:floods/api'][name]()

/** @type {readonly Hostility[]} */
export const hostilities = [
  { name: 'loops', walls: ALL, call: (e) => e.spin() },
  { name: 'traps', walls: ALL, call: (e) => e.trap() },
  { name: 'recurses', walls: ALL, call: (e) => e.deep() },
  { name: 'waits for what never comes', walls: THREADS, call: (e) => e.stuck() },
  { name: 'is failed by the application', walls: ALL, call: (e) => e.fail() },
  { name: 'asks without end', walls: THREADS, call: (e) => e.ask() },
  { name: 'leaks memory', walls: ALL, call: (e) => e.leak() },
  { name: 'fills a table', walls: ALL, call: (e) => e.table() },
  { name: 'gives a large value', walls: THREADS, call: (e) => e.huge() },
  { name: 'gives many values', walls: THREADS, call: (e) => e.many() },
  { name: 'points out of its memory', walls: ALL, call: (e) => e.far() },
  { name: 'floods stdout', component: 'flood', walls: THREADS, call: flood('stdout') },
  { name: 'floods the log', component: 'flood', walls: THREADS, call: flood('log') },
  { name: 'cannot start', component: 'broken', walls: ALL },
]
