import { readFileSync } from 'node:fs'
import { Component, ComponentError } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { build, readProducers } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

const TEMPLATE = readFileSync(
  new URL('../../../cli/templates/greeter-wat/src/plugin.wat', import.meta.url),
  'utf8',
)
const WIT = `package example:greeter@0.1.0;
  interface greetings { greet: func(name: string) -> result<string, string>; }
  world plugin { import log: func(text: string); export greetings; }`

/** A project whose plugin is this text. */
const project = (text: string, wit = WIT) => makeFolder({ 'wit/world.wit': wit, 'src/plugin.wat': text })

async function buildText(text: string, mode?: 'debug', wit?: string) {
  const built = await build({ dir: project(text, wit), name: 'hello', wit: 'wit', mode })
  return { ...built, bytes: readFileSync(built.path) }
}

/** What the plugin exports, with nothing of the application behind it. */
async function greetingsOf(bytes: Uint8Array) {
  const component = await Component.compile(bytes)
  return component.instantiate({}).exports['example:greeter/greetings@0.1.0'] as {
    greet(name: string): string
  }
}

describe('a project in WebAssembly text', () => {
  it('is known by its file, and becomes a component of the world', async () => {
    const { language, world, bytes } = await buildText(TEMPLATE)
    expect({ language, world }).toEqual({ language: 'wat', world: 'example:greeter/plugin@0.1.0' })
    const { greet } = await greetingsOf(bytes)
    const long = 'ä'.repeat(100_000)
    for (const name of ['Ada', 'Ωμέγα 🙂', long]) expect(greet(name)).toBe(`Hello, ${name}!`)
    expect(() => greet('')).toThrow(expect.objectContaining({ payload: 'a name is needed' }))
    expect(() => greet('')).toThrow(ComponentError)
    expect(readProducers(decodeComponent(bytes)).get('language')).toEqual([
      { name: 'WebAssembly text', version: '' },
    ])
  })

  it('keeps the names of functions in a debug build alone, and equal texts give equal bytes', async () => {
    const named = (bytes: Uint8Array) => Buffer.from(bytes).includes('old-size')
    const [release, again, debug] = [
      await buildText(TEMPLATE),
      await buildText(TEMPLATE),
      await buildText(TEMPLATE, 'debug'),
    ]
    expect(release.bytes.equals(again.bytes)).toBe(true)
    expect([named(release.bytes), named(debug.bytes)]).toEqual([false, true])
  })

  it('is what the page of the documentation shows', async () => {
    const page = readFileSync(new URL('../../../../docs/wat.md', import.meta.url), 'utf8')
    const block = (kind: string) => new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''
    const { bytes } = await buildText(block('wat'), undefined, block('wit'))
    const logged: string[] = []
    const imports = { log: (text: string) => logged.push(text) }
    const { exports } = (await Component.compile(bytes)).instantiate(imports)
    const words = exports.words as (text: string) => number
    expect(['', 'one', ' two  words\n', 'ä b ç'].map(words)).toEqual([0, 1, 2, 3])
    expect(logged).toEqual(Array(4).fill('counting'))
  })

  it('may begin with a byte order mark, as some editors write it', async () => {
    expect((await buildText(`\uFEFF${TEMPLATE}`)).bytes.equals((await buildText(TEMPLATE)).bytes)).toBe(true)
  })

  it('takes the text of a component as it is, if it fits the world', async () => {
    const answer = (name: string) => `(component
      (core module $m (func (export "f") (result i32) i32.const 7))
      (core instance $i (instantiate $m))
      (func $f (result u32) (canon lift (core func $i "f")))
      (export "${name}" (func $f)))`
    const wit = 'package a:b; world w { export answer: func() -> u32; }'
    const { bytes } = await buildText(answer('answer'), undefined, wit)
    const { exports } = (await Component.compile(bytes)).instantiate({})
    expect((exports.answer as () => number)()).toBe(7)
    await expect(buildText(answer('question'), undefined, wit)).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      message: 'src/plugin.wat: the component does not fit a:b/w: it does not export answer',
    })
  })

  const wrong = (what: RegExp | string, by: string) => TEMPLATE.replace(what, by)
  const NAME = 'example:greeter/greetings@0.1.0#greet'
  /** Line of the greeter that has a text. */
  const line = (text: string, source = TEMPLATE) => source.slice(0, source.indexOf(text)).split('\n').length
  it.each([
    {
      mistake: 'text that does not parse',
      text: wrong('(local.get $at))\n', '(local.got $at))\n'),
      error: { code: 'WAT_SYNTAX', message: 'src/plugin.wat:21:6: unknown operator or unexpected token' },
    },
    {
      mistake: 'a missing export',
      text: wrong(`"${NAME}"`, '"example:greeter/greetings#greet"'),
      error: {
        code: 'EXPORT_MISSING',
        message: `src/plugin.wat:${line('(func (export "example')} must export "${NAME}":\n  (func (export "${NAME}") (param i32 i32) (result i32))`,
        hint: `There is "example:greeter/greetings#greet"; did you mean "${NAME}"?`,
      },
    },
    {
      mistake: 'an export of another type',
      text: wrong(
        '(param $length i32) (result i32)\n    (local $text',
        '(result i32) (local $length i32)\n    (local $text',
      ),
      error: {
        code: 'EXPORT_MISMATCH',
        message: `src/plugin.wat:${line('(func (export "example')}: ${NAME} does not fit the contract: it is (i32) -> (i32)\n  wanted "${NAME}" (i32, i32) -> (i32)`,
      },
    },
    {
      mistake: 'a function that is not valid',
      text: wrong('(local.get $at))\n', 'i64.const 1)\n ;; (func in a comment\n'),
      error: {
        code: 'COMPILE_FAILED',
        message: `src/plugin.wat:${line('(func $allocate')}: type mismatch: expected i32, found i64`,
      },
    },
    {
      mistake: 'an import that the world does not have',
      text: wrong('(module\n', '(module\n  (import "$root" "print" (func (param i32)))\n'),
      error: {
        code: 'COMPILE_FAILED',
        message:
          'src/plugin.wat:3: failed to resolve import `$root::print`: no top-level imported function `print` specified',
      },
    },
    {
      mistake: 'an import of another type',
      text: wrong('(module\n', '(module\n  (import "$root" "log" (func (param i32)))\n'),
      error: { code: 'COMPILE_FAILED', message: /^src\/plugin\.wat:3: .*expected `\[I32, I32\] -> \[\]`/ },
    },
    {
      mistake: 'no memory for what comes in',
      text: wrong('(memory (export "memory") 1)', '(memory 1)'),
      error: { code: 'COMPILE_FAILED', message: /does not export a memory named `memory`/ },
    },
    {
      mistake: 'no entry',
      text: undefined,
      error: { code: 'ENTRY_MISSING', message: /src\/plugin\.wat/ },
    },
  ])('says what is wrong, and in which line: $mistake', async ({ text, error }) => {
    const dir = text === undefined ? makeFolder({ 'wit/world.wit': WIT }) : project(text)
    const { message, ...rest } = error
    const expected = {
      ...rest,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    }
    const building = build({ dir, language: 'wat', name: 'hello', wit: 'wit' })
    await expect(building).rejects.toMatchObject(expected)
  })
})
