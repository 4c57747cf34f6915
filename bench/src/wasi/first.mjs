// The first calls of a process, as they come to code that has never run: node first.mjs ENGINE FUNCTION TIMES GUESTS FOLDER
// Prints nanoseconds for each of so many, which the guest does in one call. GUESTS has `component.wasm` and `p1.wasm`.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { wasiEngines } from './engines.mjs'

const [, , kind, name, times, guests, folder] = process.argv
const read = (guest) => readFileSync(path.join(guests, `${guest}.wasm`))

const engine = await wasiEngines[kind]({ component: read('component'), p1: read('p1') }, { folder })
const start = process.hrtime.bigint()
await engine[name](Number(times))
process.stdout.write(String(Number(process.hrtime.bigint() - start) / Number(times)))
process.exit(0)
