import { join } from 'node:path'
import { build, generateBindings, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { unsupportedWarnings } from '#internal'
import { makeClangProject, makeFolder } from '../support/project.js'

/** What is in the interface `a:b/i`, what the error says of it. */
const EVERYWHERE = [
  ['f: async func() -> u32;', 'a:b/i#f uses an async function'],
  ['f: func(s: stream<u8>);', 'a:b/i#f uses the type stream<u8>'],
  ['f: func(s: stream);', 'a:b/i#f uses the type stream'],
  ['f: func() -> list<future<u8>>;', 'a:b/i#f uses the type future<u8>'],
  ['record r { n: u8 } f: func() -> future<option<r>>;', 'a:b/i#f uses the type future<option<r>>'],
  ['f: func(m: map<string, u32>);', 'a:b/i#f uses the type map<string, u32>'],
  ['type m = map<string, u32>; f: func(m: m);', 'a:b/i#f uses the type map<string, u32>'],
  ['f: func(l: option<list<u8, 4>>);', 'a:b/i#f uses the type list<u8, 4>'],
  ['f: func(e: error-context);', 'a:b/i#f uses the type error-context'],
  ['f: func(r: result<u8, option<stream<string>>>);', 'a:b/i#f uses the type stream<string>'],
  ['resource r { go: async func(); }', 'a:b/i#r.go uses an async function'],
  ['resource r { go: static async func(); }', 'a:b/i#r.go uses an async function'],
  ['resource r { constructor(s: stream<u8>); }', 'a:b/i#r uses the type stream<u8>'],
  ['record r { s: stream<u8> } f: func();', 'a:b/i#r uses the type stream<u8>'],
] as const

const LANGUAGES = [
  ['c', 'C'],
  ['cpp', 'C++'],
  ['assemblyscript', 'AssemblyScript'],
  ['js', 'JavaScript'],
  ['ts', 'TypeScript'],
] as const

const witOf = (items: string, side: 'import' | 'export') =>
  `package a:b;\ninterface i { ${items} }\nworld w { ${side} i; }\n`

describe('a world that no host runs', () => {
  it.each(EVERYWHERE)('is refused by name in every language: %s', async (items, says) => {
    for (const side of ['export', 'import'] as const) {
      const wit = join(makeFolder({ 'w.wit': witOf(items, side) }), 'w.wit')
      for (const [language, title] of LANGUAGES) {
        await expect(generateBindings(language, { wit, out: 'gen' })).rejects.toMatchObject({
          code: 'TYPE_UNSUPPORTED',
          message: `${says}, which ${title} plugins cannot implement or call`,
          hint: expect.stringContaining('the host runs it in no language'),
        })
      }
      const world = await loadWorld({ wit })
      for (const language of ['c', 'cpp'] as const)
        await expect(writeStubs(world, language)).rejects.toMatchObject({ code: 'TYPE_UNSUPPORTED' })
      expect(unsupportedWarnings(world)[0]).toContain(says)
    }
  })

  it.each(['c', 'cpp'] as const)(
    'is refused by a build in %s, before anything is compiled',
    async (language) => {
      for (const [items, says] of EVERYWHERE) {
        const dir = makeClangProject({
          'w.wit': witOf(items, 'export'),
          [`src/plugin.${language}`]: '#error',
        })
        await expect(build({ dir, name: 'x', wit: 'w.wit' })).rejects.toMatchObject({
          code: 'TYPE_UNSUPPORTED',
          message: expect.stringContaining(says),
        })
      }
    },
  )

  it('is refused where the world itself has the function', async () => {
    const dir = makeFolder({ 'w.wit': 'package a:b; world w { import f: func(s: stream<u8>); }' })
    await expect(generateBindings('c', { wit: join(dir, 'w.wit'), out: 'gen' })).rejects.toMatchObject({
      message: expect.stringContaining('a:b/w#f uses the type stream<u8>'),
    })
  })
})

describe('a world that one language has no form for', () => {
  it('is refused in that language, and taken by the others', async () => {
    const items = `f: func(t: tuple<${Array(17).fill('u8').join(', ')}>);`
    const wit = join(makeFolder({ 'w.wit': witOf(items, 'export') }), 'w.wit')
    await expect(generateBindings('assemblyscript', { wit, out: 'gen' })).rejects.toMatchObject({
      code: 'TYPE_UNSUPPORTED',
      message: expect.stringContaining('a:b/i#f uses a tuple of more than 16 items'),
      hint: expect.stringContaining('write the plugin in Rust'),
    })
    for (const language of ['c', 'cpp', 'js', 'ts'] as const)
      expect((await generateBindings(language, { wit, out: 'gen' })).world).toBe('a:b/w')
    expect(unsupportedWarnings(await loadWorld({ wit }))).toEqual([])
  })
})
