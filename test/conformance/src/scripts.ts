import { readFileSync } from 'node:fs'
import { Component, type FuncType } from '@wasm-plugin/runtime'
import type { Heard } from './host.js'
import { Random, randomJson } from './random.js'
import type { Json } from './values.js'

/** The plugins that every language has, one for each world. */
export const worlds = ['values', 'resources', 'shelf', 'wasi'] as const
export type WorldName = (typeof worlds)[number]

/** `interface@version#function`, or `function` for one of the world itself; or `drop` of a resource. */
export type Call = readonly [name: string, args: readonly Json[]]

export interface Answered {
  readonly answer: Json
  /** What the host heard during the call. */
  readonly heard: readonly Heard[]
}

/** Somewhere a component runs. */
export interface Place {
  readonly name: string
  /** The answers of each script, which gets a fresh instance. */
  run(component: Uint8Array, scripts: readonly (readonly Call[])[]): Promise<Answered[][]>
}

export interface Script {
  readonly name: string
  readonly calls: readonly Call[]
  /** The answers, call by call, where the contract decides them; else only that all are the same. */
  readonly expected: readonly Json[]
}

const VALUES = 'conformance:kit/values@1.2.3'

interface Table {
  readonly world: WorldName
  readonly calls: readonly (readonly [string, readonly Json[], Json])[]
}

/** Scripts of `calls/`, for a world. */
export function writtenScripts(world: WorldName): Script[] {
  const tables = Object.entries(read('scripts.json') as Record<string, Table>)
  const written = tables
    .filter(([, table]) => table.world === world)
    .map(([name, { calls }]) => ({
      name,
      calls: calls.map(([target, args]): Call => [target, args]),
      expected: calls.map(([, , answer]) => answer),
    }))
  return world === 'values' ? [passes(), ...written] : written
}

/** Every value of the table through the function of its type and back. */
function passes(): Script {
  const table = Object.entries(read('passes.json') as Record<string, Json[]>)
  const calls = table.flatMap(([name, values]) => values.map((value): Call => [`${VALUES}#${name}`, [value]]))
  return { name: 'passes', calls, expected: calls.map(([, [value]]) => value!) }
}

/** Random values through every function that passes values, `rounds` times. */
export async function randomScript(component: Uint8Array, seed: number, rounds: number): Promise<Script> {
  const type = (await Component.compile(component)).exports.get(VALUES)
  if (type?.kind !== 'instance') throw new TypeError(`the component does not export ${VALUES}`)
  const functions = [...type.exports].filter((entry): entry is [string, FuncType] => entry[1].kind === 'func')
  const random = new Random(seed)
  const calls = Array.from({ length: rounds }, () =>
    functions.map(
      ([name, { params }]): Call => [
        `${VALUES}#${name}`,
        params.map((param) => randomJson(random, param.type)),
      ],
    ),
  ).flat()
  return { name: `random values (seed ${seed})`, calls, expected: calls.map(([, args]) => passed(args)) }
}

function passed(args: readonly Json[]): Json {
  return args.length === 0 ? null : args.length === 1 ? args[0]! : args
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../calls/${name}`, import.meta.url), 'utf8'))
}
