import { Worker } from 'node:worker_threads'
import { errors } from '../errors/index.js'
import { transpileUrl } from '../worker-url.js'

/** What a thread needs to run a transpiled component. */
export interface JcoTransfer {
  readonly bytes: Uint8Array
  /** The generated module: exports `instantiate(getCoreModule, imports)`. */
  readonly source: string
  /** Core modules by the file names that the source asks for, not clamped yet. */
  readonly modules: ReadonlyMap<string, Uint8Array>
}

export interface TranspileRequest {
  readonly bytes: Uint8Array
  readonly imports: readonly string[]
}

export type TranspileReply =
  | { readonly ok: true; readonly source: string; readonly modules: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly reason: string; readonly missing: boolean }

/** A component of a few kilobytes can make the transpiler write a hundred megabytes: time, heap and output are capped. */
const TIMEOUT_MS = 30_000
const HEAP_MB = 1_024

/** Transpiles in a thread of its own, which is ended when it takes too much. */
export async function transpile(
  bytes: Uint8Array,
  imports: Iterable<string>,
): Promise<{ source: string; modules: ReadonlyMap<string, Uint8Array> }> {
  const workerData: TranspileRequest = { bytes, imports: [...imports] }
  const url = transpileUrl()
  if (url === undefined)
    throw errors.ENGINE_UNSUPPORTED({ engine: 'jco', feature: 'thread in a bundled application' })
  const worker = new Worker(url, {
    workerData,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  const fail = (reason: string, cause?: unknown) => errors.TRANSPILE_FAILED({ reason }, cause)
  let timer: NodeJS.Timeout | undefined
  try {
    const reply = await new Promise<TranspileReply>((resolve, reject) => {
      timer = setTimeout(() => reject(fail(`it took more than ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
      worker.once('message', resolve)
      worker.once('error', (error) => reject(fail('the transpiler ended', error)))
    })
    if (reply.ok) return reply
    throw reply.missing
      ? errors.ENGINE_MISSING({ engine: 'jco', package: '@bytecodealliance/jco-transpile' })
      : fail(reply.reason)
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
