import type { EngineName } from '../options.js'
import type { Engine } from './engine.js'
import { jcoEngine } from './jco.js'
import { runtimeEngine } from './runtime.js'

export type { EngineLimits, Prepared, Revived, Running } from './engine.js'
export { revive } from './revive.js'

export const engines: Readonly<Record<EngineName, Engine>> = { runtime: runtimeEngine, jco: jcoEngine }
