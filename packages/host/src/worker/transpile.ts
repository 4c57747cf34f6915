import { parentPort, workerData } from 'node:worker_threads'
import type { TranspileReply, TranspileRequest } from '../engine/transpile.js'

/** The entry of the thread that transpiles. Larger output than this is not worth importing. */
const MAX_SOURCE_BYTES = 16 << 20

// Not awaited here: see `main.ts`.
void run(workerData as TranspileRequest).then((reply) => parentPort?.postMessage(reply))

async function run({ bytes, imports }: TranspileRequest): Promise<TranspileReply> {
  let transpileBytes: typeof import('@bytecodealliance/jco-transpile').transpileBytes
  try {
    ;({ transpileBytes } = await import('@bytecodealliance/jco-transpile'))
  } catch (error) {
    return { ok: false, missing: true, reason: String(error) }
  }
  try {
    const { files } = await transpileBytes(bytes, {
      name: 'plugin',
      instantiation: 'sync',
      strict: true,
      emitTypescriptDeclarations: false,
      noComponentErrorWrapping: false,
      // Keys with their versions: two versions of one interface stay apart.
      map: Object.fromEntries(imports.map((name, index) => [name, `import${index}`])),
    })
    const modules = new Map<string, Uint8Array>()
    let source = ''
    for (const [name, content] of Object.entries(files)) {
      if (name.endsWith('.wasm')) modules.set(name, content)
      else if (name.endsWith('.js')) source = new TextDecoder().decode(content)
    }
    if (source.length > MAX_SOURCE_BYTES)
      return { ok: false, missing: false, reason: `it writes ${source.length} bytes of source` }
    return { ok: true, source, modules }
  } catch (error) {
    return { ok: false, missing: false, reason: error instanceof Error ? error.message : String(error) }
  }
}
