import { createHost, type Host } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

async function openHost(): Promise<Host> {
  const host = await createHost()
  onTestFinished(() => host.close())
  return host
}

/** One function under each name, which answers 1. */
const exporting = (names: readonly string[]) =>
  assemble(`(component
    (core module $m (func (export "one") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (func $one (result u32) (canon lift (core func $i "one")))
    ${names.map((name) => `(export "${name}" (func $one))`).join('\n')})`)

describe('names that a plugin chooses', () => {
  attack(
    'D21',
    'Exports functions called `then`, `constructor`, `arguments`, `eval`, `to-string`, `has-own-property`',
    'functions like any other: no promise takes the exports for one of its own, no object changes',
    async () => {
      const host = await openHost()
      const names = [
        'then',
        'constructor',
        'arguments',
        'eval',
        'await',
        'to-string',
        'value-of',
        'has-own-property',
      ]
      const more = ['prototype', 'default', 'name', 'length', 'to-json', 'catch', 'is-prototype-of', 'proto']
      const before = Object.getOwnPropertyNames(Object.prototype)
      const plugin = await host.load(await exporting([...names, ...more]))
      for (const name of [...names, ...more]) expect([name, await plugin.call(name)]).toEqual([name, 1])
      expect(await Promise.resolve(plugin)).toBe(plugin)
      expect(Object.getPrototypeOf(plugin.exports)).toBeNull()
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
      for (const name of ['__proto__', 'toLocaleString', 'valueOf ', '']) {
        expect([name, await outcomeOf(plugin.call(name))]).toEqual([name, 'UNKNOWN_EXPORT'])
      }
    },
  )

  attack(
    'D22',
    'Names core modules, functions and fields so that they break out of quotes, comments and templates',
    'names stay data: the component runs, and nothing of them is run',
    async () => {
      const host = await openHost()
      const code = 'globalThis.pwned=1;process.exit(1)'
      for (const name of [
        `'];${code}//`,
        `\\"];${code}//`,
        `\`\${${code}}`,
        `*/${code}/*`,
        `\\n${code}\\n`,
        `\\u{2028}${code}`,
        `\\\\`,
        '__proto__',
        'constructor',
        'prototype',
        '',
      ]) {
        const bytes = await assemble(`(component
          (core module $a (func (export "${name}") (result i32) (i32.const 7)) (memory (export "m${name}") 1))
          (core module $b (import "${name}" "${name}" (func $f (result i32))) (func (export "x${name}") (result i32) (call $f)))
          (core instance $a (instantiate $a))
          (core instance $b (instantiate $b (with "${name}" (instance $a))))
          (func (export "run") (result u32) (canon lift (core func $b "x${name}"))))`)
        const plugin = await host.load(bytes)
        expect([name, await plugin.call('run')]).toEqual([name, 7])
        await plugin.close()
      }
      expect('pwned' in globalThis).toBe(false)
    },
  )

  attack(
    'D23',
    'Imports `fs`, `node:process/env`, `constructor` or `to-string` and hopes for what JavaScript has there',
    'refused when it is loaded: only what the application gave counts',
    async () => {
      const host = await openHost()
      for (const name of [
        'fs',
        'process',
        'constructor',
        'to-string',
        'has-own-property',
        'value-of',
        'eval',
      ]) {
        const bytes = await assemble(`(component (import "${name}" (func)))`)
        expect([name, await outcomeOf(host.load(bytes))]).toEqual([name, 'IMPORT_NOT_GRANTED'])
        expect([name, await outcomeOf(host.load(bytes, { imports: {} }))]).toEqual([
          name,
          'IMPORT_NOT_GRANTED',
        ])
      }
      for (const name of ['node:process/env', 'node:fs/promises', 'wasi:gpu/gpu@0.2.0', 'a:b/constructor']) {
        const bytes = await assemble(`(component (import "${name}" (instance (export "read" (func)))))`)
        expect([name, await outcomeOf(host.load(bytes))]).toEqual([name, 'IMPORT_NOT_GRANTED'])
      }
      const method = await assemble(
        '(component (import "a:b/c" (instance (export "has-own-property" (func (result bool))))))',
      )
      expect(await outcomeOf(host.load(method, { imports: { 'a:b/c': {} } }))).toBe('HOST_FUNCTION_MISSING')
    },
  )

  attack(
    'D24',
    'Uses names of 90,000 and of a million characters, and names that only registries know',
    'refused when it is loaded, with a code; names of 4,000 characters work',
    async () => {
      const host = await openHost()
      const long = `a${'-b'.repeat(2_000)}`
      const plugin = await host.load(await exporting([long]))
      expect(await plugin.call(long)).toBe(1)
      for (const length of [90_000, 1_000_000])
        expect(await outcomeOf(host.load(nameBytes('x'.repeat(length))))).toBe('LIMIT_EXCEEDED')
      for (const name of [
        'unlocked-dep=<a:b>',
        'locked-dep=<a:b@1.0.0>',
        'url=<https://evil.test/x>',
        'integrity=<sha256-AAAA>',
      ]) {
        const odd = nameBytes(name)
        expect([name, await outcomeOf(host.load(odd))]).toEqual([
          name,
          expect.stringMatching(
            /^(MALFORMED_COMPONENT|INVALID_COMPONENT|UNSUPPORTED_FEATURE|IMPORT_NOT_GRANTED)$/,
          ),
        ])
      }
      expect(await plugin.call(long)).toBe(1)
    },
  )
})

/** A component that imports a function under a name that no tool would write, byte by byte. */
function nameBytes(name: string): Uint8Array {
  const leb = (value: number): number[] =>
    value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]
  const text = [...new TextEncoder().encode(name)]
  const type = [1, 0x40, 0, 1, 0]
  const entry = [1, 0, ...leb(text.length), ...text, 1, 0]
  const section = (id: number, body: number[]) => [id, ...leb(body.length), ...body]
  const header = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]
  return Uint8Array.from([...header, ...section(7, type), ...section(10, entry)])
}
