// On every Node: files and clocks.
import { createHost } from '@wasm-plugin/host'
import { describe, expect, it } from 'vitest'
import { assemble } from '../helpers/guests.js'

describe('a plugin that imports another WASI', () => {
  const load = async (body: string) => {
    await using host = await createHost()
    return await host.load(await assemble(`(component ${body})`)).then(
      () => 'loaded',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    )
  }
  const clock = (type: string) =>
    load(`(import "wasi:clocks/monotonic-clock@0.2.0" (instance (export "now" (func ${type}))))`)

  it('is refused when it is loaded, with the function and the difference', async () => {
    expect(await clock('(result u64)')).toBe('loaded')
    expect(await clock('(result s64)')).toMatch(
      /^IMPORT_MISMATCH: .*"now" of "wasi:clocks\/monotonic-clock@0.2.0".*the result is s64 and not u64$/,
    )
    expect(await clock('')).toMatch('the result is nothing and not u64')
    expect(await clock('(param "x" u8) (result u64)')).toMatch('it has 1 parameters and not 0')
  })

  it('is refused for a function that WASI does not have', async () => {
    const imported = '(import "wasi:random/random@0.2.0" (instance (export "get-dice" (func (result u8)))))'
    expect(await load(imported)).toMatch('"get-dice" of "wasi:random/random@0.2.0"')
  })

  it('is refused for another list, record, enum or resource inside of a type', async () => {
    const differences = [
      [
        '(import "wasi:random/random@0.2.3" (instance (export "get-random-bytes" (func (param "len" u64) (result (list s8))))))',
        'the result[] is s8 and not u8',
      ],
      [
        `(import "wasi:clocks/wall-clock@0.2.3" (instance
          (type (record (field "seconds" u64) (field "nanos" u32))) (export "datetime" (type (eq 0)))
          (export "now" (func (result 1)))))`,
        'the result has "nanos" and not "nanoseconds"',
      ],
      [
        `(import "wasi:logging/logging@0.1.0-draft" (instance
          (type (enum "trace" "debug" "info")) (export "level" (type (eq 0)))
          (export "log" (func (param "level" 1) (param "context" string) (param "message" string)))))`,
        'parameter 1 has nothing and not "warn"',
      ],
      [
        `(import "wasi:io/poll@0.2.3" (instance
          (export "pollable" (type (sub resource))) (export "other" (type (sub resource)))
          (export "[method]pollable.ready" (func (param "self" (borrow 0)) (result bool)))
          (export "poll" (func (param "in" (list (borrow 1))) (result (list u32))))))`,
        'parameter 1[] is a handle of wasi:io/poll#other and not of wasi:io/poll#pollable',
      ],
    ]
    for (const [imported, difference] of differences)
      expect(await load(imported as string)).toMatch(difference as string)
  })

  it('A: may declare types of any size: only what WASI has is looked at', async () => {
    const types = Array.from(
      { length: 60 },
      (_, i) => `(type (tuple ${i === 0 ? 'u8 u8' : `${i - 1} ${i - 1}`}))`,
    )
    const imported = `(import "wasi:clocks/monotonic-clock@0.2.0" (instance ${types.join(' ')}
      (export "now" (func (result 59)))))`
    expect(await load(imported)).toMatch(/the result is tuple and not u64|LIMIT_EXCEEDED/)
  })

  it('may take the cursor of a store as either draft has it', async () => {
    const store = (version: string, cursor: string) =>
      load(`(import "wasi:keyvalue/store@0.2.0-${version}" (instance
        (type $error' (variant (case "no-such-store") (case "access-denied") (case "other" string)))
        (export "error" (type $error (eq $error')))
        (type $response' (record (field "keys" (list string)) (field "cursor" (option ${cursor}))))
        (export "key-response" (type $response (eq $response')))
        (export "bucket" (type $bucket (sub resource)))
        (export "[method]bucket.list-keys" (func
          (param "self" (borrow $bucket)) (param "cursor" (option ${cursor}))
          (result (result $response (error $error)))))))`)
    expect(await store('draft', 'u64')).toBe('loaded')
    expect(await store('draft2', 'string')).toBe('loaded')
    expect(await store('draft2', 'bool')).toMatch('parameter 2[] is bool and not')
  })
})
