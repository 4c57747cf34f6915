import type { PluginError } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { binary, decodeText, refusal } from './wat.js'

const GREETER = `
  (component
    (type $log-type (instance (export "say" (func (param "text" string)))))
    (import "acme:site/log@0.1.0" (instance $log (type $log-type)))
    (core module $libc
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 8))
    (core instance $libc (instantiate $libc))
    (core func $say (canon lower (func $log "say") (memory (core memory $libc "memory"))))
    (core module $main
      (import "log" "say" (func (param i32 i32)))
      (func (export "greet") (param i32 i32) (result i32) i32.const 0)
      (func (export "greet-post") (param i32)))
    (core instance $main (instantiate $main (with "log" (instance (export "say" (func $say))))))
    (func $greet (param "name" string) (result string)
      (canon lift (core func $main "greet") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))
        (post-return (core func $main "greet-post"))))
    (export "greet" (func $greet)))`

describe('decodeComponent', () => {
  it('lists the definitions in binary order, with the types resolved', async () => {
    const component = await decodeText(GREETER)
    expect(component.root.definitions.map((definition) => definition.op)).toEqual([
      'type',
      'import',
      'core-module',
      'core-instantiate',
      'alias',
      'core-alias',
      'lower',
      'core-module',
      'core-bundle',
      'core-instantiate',
      'type',
      'core-alias',
      'core-alias',
      'core-alias',
      'core-alias',
      'lift',
      'export',
    ])
    expect([...component.root.type.imports.keys()]).toEqual(['acme:site/log@0.1.0'])
    expect(component.root.type.exports.get('greet')).toMatchObject({
      kind: 'func',
      params: [{ name: 'name', type: { kind: 'string' } }],
      result: { kind: 'string' },
    })
    expect(component.coreModules.map((module) => [...module.exports.keys()])).toEqual([
      ['memory', 'realloc'],
      ['greet', 'greet-post'],
    ])
    const [libc] = component.coreModules
    expect(await WebAssembly.compile(new Uint8Array(libc!.bytes))).toBeInstanceOf(WebAssembly.Module)
  })

  it('tells apart what is not a component', async () => {
    expect(refusal(new TextEncoder().encode('#!/bin/sh'))).toMatch(/^NOT_WASM/)
    expect(refusal(new Uint8Array())).toMatch(/^NOT_WASM/)
    expect(refusal(await binary('(module)'))).toMatch(/^CORE_MODULE/)
    const hintOf = async (text: string) => {
      try {
        decodeComponent(await binary(text))
      } catch (error) {
        return (error as PluginError).hint
      }
    }
    const start = /exports no function `_start`/
    expect(await hintOf('(module (func (export "hello")))')).toMatch(start)
    expect(await hintOf('(module (func (export "_start") (param i32)))')).toMatch(start)
    const exits = '(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))'
    expect(await hintOf(`(module ${exits})`)).toMatch(start)
    expect(await hintOf('(module (import "env" "f" (func)))')).not.toMatch(start)
    expect(refusal(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0))).toMatch(/^MALFORMED_COMPONENT/)
  })

  it.each(['(component)', ';; a comment\n(component)', '\n  (; a comment ;) (module)'])(
    'tells how a text is assembled: %s',
    (text) => {
      const decode = () => decodeComponent(new TextEncoder().encode(text))
      expect(decode).toThrow(
        expect.objectContaining({ code: 'NOT_WASM', hint: expect.stringContaining('assembleWat') }),
      )
    },
  )

  it('leaves the bytes it was given alone and keeps views into them', async () => {
    const bytes = await binary(GREETER)
    const before = bytes.slice()
    const { coreModules, size } = decodeComponent(bytes)
    expect(bytes).toEqual(before)
    expect(size).toBe(bytes.length)
    expect(coreModules[0]!.bytes.buffer).toBe(bytes.buffer)
  })
})
