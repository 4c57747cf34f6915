import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { STARLING_PROCESS } from '../../../assets.js'
import { embedWorld, printWit } from '../../../bindgen/bindgen.js'
import type { BuildCache } from '../../../cache/cache.js'
import { errors } from '../../../errors/index.js'
import { findCustomSection } from '../../../wasm/sections.js'
import { runEngine } from '../engine-process.js'
import type { Toolchain } from '../toolchain.js'
import type { Bindings, StarlingReport, StarlingRequest } from './messages.js'

export interface StarlingJob {
  readonly toolchain: Toolchain
  /** Complete: text by path. */
  readonly wit: ReadonlyMap<string, string>
  /** Name or id of a world of it. */
  readonly world: string
  readonly features: readonly string[]
  /** Path and name of the program. */
  readonly source: string
  readonly name: string
  /** Folder for files of this build. */
  readonly staging: string
}

/**
 * Makes a component of StarlingMonkey that has run a program. The engine for a world takes longer than the program in
 * it, so it is kept for the next build.
 *
 * @throws {EngineFailure}
 */
export async function makeStarling(job: StarlingJob, cache: BuildCache): Promise<Uint8Array> {
  const { toolchain, features, staging, source, name, world } = job
  const wit = await nested(job.wit, world)
  const common = { package: toolchain.componentize.root, features, wit, world }
  const inputs = [toolchain.componentize.version, features, wit, world]
  const { bytes, data } = await cache.entry('starling', inputs, async () => {
    const { output, report } = await run({ step: 'splice', ...common, at: filesOf(staging, 'splice') })
    return { bytes: output, data: report.bindings as Bindings } // The process gives them with its output.
  })
  const path = join(staging, 'engine.wasm')
  writeFileSync(path, bytes)
  const spliced = { path, bindings: data }
  const started = await run({
    step: 'start',
    ...common,
    spliced,
    source,
    name,
    at: filesOf(staging, 'start'),
  })
  return started.output
}

const filesOf = (staging: string, step: string) => ({
  output: join(staging, `${step}.wasm`),
  report: join(staging, `${step}-report.json`),
})

/** Packages in one text, which the splicer reads without a file system. */
async function nested(wit: ReadonlyMap<string, string>, world: string): Promise<string> {
  const texts = [...wit].map(([path, text]) => ({ path, text }))
  const complain = (reason: string) => errors.WIT_TOOLS_FAILED({ step: 'reading the world', reason })
  const module = await embedWorld(texts, world, ({ reason }) => complain(reason))
  const metadata = findCustomSection(module, 'component-type')
  if (metadata === null) throw complain('no metadata')
  return await printWit(metadata, 'the world')
}

async function run(request: StarlingRequest): Promise<{ output: Uint8Array; report: StarlingReport }> {
  const { output, report } = request.at
  const argument = `${report}.request`
  writeFileSync(argument, JSON.stringify(request))
  const said = await runEngine<StarlingReport>([STARLING_PROCESS, argument], { cwd: dirname(report), report })
  return { output: new Uint8Array(readFileSync(output)), report: said }
}
