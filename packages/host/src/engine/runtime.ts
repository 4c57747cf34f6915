import { Component } from '@wasm-plugin/runtime'
import { hasTime, turn } from '../turn.js'
import type { Engine } from './engine.js'

/** A JavaScript engine with all of WASI has 5,000 definitions and takes 6,000 steps. */
const LIMITS = { definitions: 20_000, typeSteps: 100_000 }

/** The framework's own component runtime. */
export const runtimeEngine: Engine = {
  name: 'runtime',
  prepare: (bytes, limits) =>
    Component.compile(
      bytes,
      {
        limits: { ...LIMITS, componentBytes: limits.componentBytes },
        memory: { memoryBytes: limits.memoryBytes, tableElements: limits.tableElements },
        fuel: limits.fuel !== undefined,
      },
      () => (hasTime() ? undefined : turn()),
    ),
}
