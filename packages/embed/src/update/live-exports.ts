import { matchName } from '@wasm-plugin/manifest/names'
import type { Contract, ExportedFunction } from '../contract/contract.js'
import { counterpartIn } from './fits.js'

type Table = Record<string, unknown>

/** A function as the application has it, whichever build is live. */
export interface LiveFunction {
  /** By which the application knows it. */
  readonly name: string
  readonly place: ExportedFunction['place']
  /** Of the contract of the live build; undefined for one that an update brought, and that went with it. */
  func: ExportedFunction | undefined
}

/** The functions that an application may hold on to while builds change. */
export class LiveFunctions {
  readonly #functions = new Map<string, LiveFunction>()

  of(func: ExportedFunction): LiveFunction {
    const known = this.#functions.get(func.name)
    if (known !== undefined) return known
    const live = { name: func.name, place: func.place, func }
    this.#functions.set(func.name, live)
    return live
  }

  /** One that the application has under this exact name. */
  named(name: string): LiveFunction | undefined {
    return this.#functions.get(name)
  }

  /** Leads all of them to the build with this contract. */
  lead(contract: Contract): void {
    const counterpart = counterpartIn(contract)
    for (const live of this.#functions.values()) live.func = counterpart(live)
  }
}

/** Puts what a table of exports has into a new one by the names that were there before: of older, compatible versions. */
export function keepNames(before: object, table: object): void {
  const next = table as Table
  const names = Object.keys(next)
  for (const name of Object.keys(before)) {
    const serving = Object.hasOwn(next, name) ? undefined : matchName(name, names)
    if (serving !== undefined) next[name] = next[serving]
  }
}

/** Puts what a new table of exports has into one that the application holds. */
export function refresh(table: object, next: object): void {
  const held = table as Table
  for (const [name, value] of Object.entries(next)) {
    const before = held[name]
    if (isTable(before) && isTable(value)) refresh(before, value)
    else held[name] = value
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null
}
