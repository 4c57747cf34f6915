import { Worker } from 'node:worker_threads'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { primitives } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { type Encoding, echoWat } from './echo.js'

/** With what comes back when it differs. Some are shorter than what is written unit by unit, some longer, some a page. */
const TEXTS: readonly (readonly [string, string?])[] = ['', 'x'.repeat(40), 'x'.repeat(2_000)].flatMap(
  (before) => [
    [`${before}zwölf €`] as const,
    [`${before}\u{1f600}`] as const,
    [`${before}\ud800`, `${before}\ufffd`] as const,
    [`${before}\ude00\ud83d`, `${before}\ufffd\ufffd`] as const,
    [`${before}\ud83d\ude00\ude00€`, `${before}\u{1f600}\ufffd€`] as const,
  ],
)

/** `half` answers 30 units, the last of which is half of a surrogate pair. */
const HALF = `(component
  (core module $m (memory (export "memory") 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\1e\\00\\00\\00") (data (i32.const 74) "\\00\\d8")
    (func (export "half") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (func (export "half") (result string)
    (canon lift (core func $i "half") (memory $memory) string-encoding=utf16)))`

/** As in a browser, or with Node's `Buffer`. */
const PROGRAM = `
  const { parentPort, workerData: { runtime, echoes, half, texts, isNode } } = require('node:worker_threads')
  if (!isNode) delete globalThis.Buffer
  import(runtime).then(async ({ Component }) => {
    const start = async (bytes, imports) => (await Component.compile(bytes)).instantiate(imports).exports
    const results = []
    for (const bytes of echoes) {
      const { echo } = await start(bytes, { pass: (text) => text })
      results.push(texts.map((text) => echo(text)))
    }
    try {
      ;(await start(half)).half()
    } catch (error) {
      results.push(error.message)
    }
    parentPort.postMessage(results)
  })`

const halfBytes = parse(HALF)

describe('strings', () => {
  it.each([true, false])('are the same with and without the codecs of Node (with: %s)', async (isNode) => {
    const encodings: Encoding[] = ['utf8', 'utf16', 'latin1+utf16']
    const echoes = await Promise.all(
      encodings.map((encoding) => parse(echoWat(primitives.string, { type: 'string', encoding }))),
    )
    const results = await new Promise((resolve, reject) => {
      const texts = TEXTS.map(([text]) => text)
      const runtime = import.meta.resolve('@wasm-plugin/runtime')
      halfBytes.then((half) => {
        const worker = new Worker(PROGRAM, {
          eval: true,
          workerData: { runtime, echoes, half, texts, isNode },
        })
        worker.once('message', resolve).once('error', reject)
      }, reject)
    })
    const expected = TEXTS.map(([text, other = text]) => other)
    expect(results).toEqual([
      expected,
      expected,
      expected,
      'the plugin broke the canonical ABI: a string is not valid UTF-16',
    ])
  })
})
