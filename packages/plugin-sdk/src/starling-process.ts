import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encodeComponent } from './bindgen/bindgen.js'
import { mendBindings } from './build/javascript/starling/mend.js'
import type {
  StarlingPackage,
  StarlingReport,
  StarlingRequest,
} from './build/javascript/starling/messages.js'
import { distinctExports } from './build/javascript/starling/own-names.js'
import { startProgram } from './build/javascript/starling/start.js'
import { errors } from './errors/index.js'

/** The process that StarlingMonkey runs in while a plugin is built: it blocks, and takes hundreds of megabytes. */

const request: StarlingRequest = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const report = await run(request).catch((error: unknown): StarlingReport => ({ error: messageOf(error) }))
writeFileSync(request.at.report, JSON.stringify(report))

async function run(request: StarlingRequest): Promise<StarlingReport> {
  const { features, wit, world, at } = request
  const { engine, splice, stub }: StarlingPackage = await import(
    pathToFileURL(join(request.package, 'dist/index.js')).href
  )
  if (request.step === 'splice') {
    const { wasm, ...spliced } = splice(readFileSync(engine), features, wit, world)
    const bindings = distinctExports(spliced)
    writeFileSync(at.output, wasm)
    return { error: null, bindings: { ...bindings, jsBindings: mendBindings(bindings.jsBindings) } }
  }
  const { spliced, source, name } = request
  const module = new Uint8Array(readFileSync(spliced.path))
  const code = readFileSync(source, 'utf8')
  const started = startProgram({ module, bindings: spliced.bindings, features }, { name, code })
  const complete = stub(started, features, wit, world)
  writeFileSync(at.output, await encodeComponent(complete, refuse))
  return { error: null }
}

const refuse = (reason: string) => errors.WIT_TOOLS_FAILED({ step: 'making the component', reason })

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
