import { Component } from '@wasm-plugin/runtime'
import type { Engine } from './engine.js'

/** The framework's own component runtime. */
export const runtimeEngine: Engine = {
  name: 'runtime',
  prepare: (bytes, limits) =>
    Component.compile(bytes, {
      limits: { componentBytes: limits.componentBytes },
      memory: { memoryBytes: limits.memoryBytes, tableElements: limits.tableElements },
      fuel: limits.fuel !== undefined,
    }),
}
