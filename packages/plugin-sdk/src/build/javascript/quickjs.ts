import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildMode } from '../settings.js'
import { runEngine } from './engine-process.js'
import { runsWithoutWasi } from './globals.js'
import { makePortable } from './portable.js'
import type { Toolchain } from './toolchain.js'

export interface QuickJsJob {
  readonly toolchain: Toolchain
  /** Complete: text by path. */
  readonly wit: ReadonlyMap<string, string>
  /** Name of a world of it. */
  readonly world: string
  readonly mode: BuildMode
  /** What the program names, of `globals.ts`. */
  readonly globals: ReadonlySet<string>
  /** Path of the program. */
  readonly source: string
  /** Folder for files of this build. */
  readonly staging: string
}

/**
 * Makes a component of QuickJS that has run a program.
 *
 * @throws {EngineFailure}
 */
export async function makeQuickJs(job: QuickJsJob): Promise<Uint8Array> {
  const { toolchain, wit, world, mode, globals, source, staging } = job
  const witPath = join(staging, 'complete')
  for (const [path, text] of wit) {
    mkdirSync(dirname(join(witPath, path)), { recursive: true })
    writeFileSync(join(witPath, path), text)
  }
  const [output, report] = [join(staging, 'plugin.wasm'), join(staging, 'report.json')]
  const options = {
    jsPath: source,
    moduleRoot: staging,
    witPath,
    world,
    sync: true,
    optSize: mode === 'release' || mode === 'size',
    // Without streams there is nowhere to report an exception to, so only `size` gives them up.
    stubWasi: mode === 'size' && runsWithoutWasi(globals),
  }
  const request = JSON.stringify({ package: toolchain.componentize.root, options, output, report })
  await runEngine(['--input-type=module', '-e', SCRIPT, request], { cwd: staging, report })
  return makePortable(new Uint8Array(readFileSync(output)))
}

/** The process that makes the component; its argument is the request as JSON. */
const SCRIPT = `
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const { package: root, options, output, report } = JSON.parse(process.argv[1])
const finish = (error) => writeFileSync(report, JSON.stringify({ error }))
try {
  const { componentize } = createRequire(root + '/package.json')(root)
  const { component } = await componentize({ ...options, jsSource: readFileSync(options.jsPath, 'utf8') })
  writeFileSync(output, component)
  finish(null)
} catch (error) {
  finish(String(error?.message ?? error))
}
`
