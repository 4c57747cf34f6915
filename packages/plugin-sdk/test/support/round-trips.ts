import { inspect, isDeepStrictEqual } from 'node:util'
import type { Component } from '@wasm-plugin/runtime'
import type { RandomFunction } from './random-world.js'
import { wasiStubs } from './wasi-stubs.js'

/**
 * Calls every function of a random world's guest with random values, and says which came back changed, or reached the
 * host changed. The host gives back what it gets.
 */
export function roundTrips(
  component: Component,
  functions: readonly RandomFunction[],
  { values, fuel }: { values: number; fuel: number },
): string[] {
  const found: string[] = []
  let sent: unknown[] = []
  const host = Object.fromEntries(
    functions.map(({ returns }, i) => [
      `passP${i}`,
      (...args: unknown[]) => {
        if (!isDeepStrictEqual(args, sent)) found.push(changed(`f${i}: the host got`, sent, args))
        return args[returns]
      },
    ]),
  )
  const start = () =>
    component.instantiate({ 'fuzz:test/host@1.0.0': host, ...wasiStubs(component) }, { fuel }).exports[
      'fuzz:test/guest@1.0.0'
    ] as Record<string, (...args: unknown[]) => unknown>
  functions.forEach((fn: RandomFunction, i) => {
    if (found.length > 20) return
    let exports = start()
    for (let n = 0; n < values; n++) {
      sent = fn.params.map((param) => param.value())
      try {
        const answer = exports[`passP${i}`]!(...sent)
        if (!isDeepStrictEqual(answer, sent[fn.returns]))
          found.push(changed(`f${i}: the guest gave`, sent[fn.returns], answer))
      } catch (error) {
        found.push(`f${i}: ${error}`)
        exports = start()
      }
    }
  })
  return found
}

function changed(what: string, wanted: unknown, found: unknown): string {
  return `${what}\n${inspect(found, { depth: 9, compact: 9 })}\nfor\n${inspect(wanted, { depth: 9, compact: 9 })}`
}
