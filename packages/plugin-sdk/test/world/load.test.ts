import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { PluginError } from '@wasm-plugin/runtime'
import { loadWorld } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder, WIT_DIR } from '../support/project.js'

const SITE = `${WIT_DIR}acme-site/v0.1`

describe('loadWorld', () => {
  it('resolves imports, exports, types and docs', async () => {
    const world = await loadWorld({ wit: SITE, world: 'renderer' })
    expect(world.id).toBe('acme:site/renderer@0.1.0')
    expect([...world.imports.keys()]).toEqual(['acme:site/log@0.1.0', 'acme:site/types@0.1.0'])
    expect([...world.exports.keys()]).toEqual(['acme:site/render@0.1.0'])
    expect(world.docs.get('acme:site/types@0.1.0#heading.level')).toBe('1 to 6.')
    expect(world.docs.get('acme:site/render@0.1.0#render')).toContain('Renders one document.')
    const names = [...world.names.values()].map((name) => `${name.interface}#${name.name}`)
    expect(names).toEqual([
      'acme:site/log@0.1.0#level',
      'acme:site/types@0.1.0#document',
      'acme:site/types@0.1.0#heading',
      'acme:site/render@0.1.0#page',
    ])
  })

  it('brings the WASI packages that a world names, with what they name themselves', async () => {
    const dir = makeFolder({
      'world.wit': 'package a:b;\nworld w { import wasi:http/outgoing-handler@0.2.12; }',
    })
    const world = await loadWorld({ wit: dir })
    expect([...world.imports.keys()]).toContain('wasi:io/streams@0.2.12')
  })

  it.each(Array.from({ length: 13 }, (_, patch) => `@0.2.${patch}`).concat(''))(
    'brings WASI in the version that a world names: %s',
    async (version) => {
      const names = ['cli/environment', 'http/outgoing-handler', 'filesystem/preopens', 'sockets/tcp']
      const imports = names.map((name) => `import wasi:${name}${version};`).join(' ')
      const world = await loadWorld({
        wit: makeFolder({ 'world.wit': `package a:b;\nworld w { ${imports} }` }),
      })
      const found = version === '' ? '@0.2.12' : version
      expect([...world.imports.keys()]).toEqual(
        expect.arrayContaining(names.map((name) => `wasi:${name}${found}`)),
      )
      expect([...world.imports.keys()].every((id) => id.endsWith(found))).toBe(true)
    },
  )

  it('takes the resources of an export for an export that uses them, whatever the imports use', async () => {
    const interfaces = 'interface i { resource r; } interface j { use i.{r}; f: func(r: borrow<r>); }'
    for (const imports of ['', 'import i;', 'import j;', 'import i; import j;']) {
      const text = `package a:b; ${interfaces} world w { ${imports} export i; export j; }`
      const { exports } = await loadWorld({ wit: makeFolder({ 'w.wit': text }) })
      const [i, j] = ['a:b/i', 'a:b/j'].map((id) => {
        const item = exports.get(id)
        return item?.kind === 'instance' ? item.exports.get('r') : undefined
      })
      expect(i).toMatchObject({ kind: 'type', bound: 'sub' })
      expect((j as { type: unknown }).type).toBe((i as { type: unknown }).type)
    }
  })

  it('names no version where `deps/` has one, and in no comment', async () => {
    const dir = makeFolder({
      'world.wit': 'package a:b;\n/// See wasi:io/poll.\nworld w { import wasi:io/poll; }',
      'deps/io/poll.wit': 'package wasi:io@0.2.4;\ninterface poll { ready: func() -> bool; }',
    })
    const world = await loadWorld({ wit: dir })
    expect([...world.imports.keys()]).toEqual(['wasi:io/poll@0.2.4'])
    expect(world.docs.get('a:b/w')).toBe('See wasi:io/poll.')
  })

  it('says which versions of WASI there are', async () => {
    const load = (item: string) =>
      loadWorld({ wit: makeFolder({ 'w.wit': `package a:b;\nworld w { import ${item}; }` }) })
    const hints = {
      'wasi:http/types@0.3.0': '0.2.0 to 0.2.12',
      'wasi:keyvalue/store@0.3.0': '0.2.0-draft and',
    }
    for (const [item, hint] of Object.entries(hints))
      await expect(load(item)).rejects.toMatchObject({
        code: 'WIT_SYNTAX',
        hint: expect.stringContaining(hint),
      })
    await expect(load('wasi:blobstore/blobstore@0.2.0')).rejects.toMatchObject({
      hint: expect.stringContaining('does not bring wasi:blobstore'),
    })
    await expect(load('wasi:clocks/timezone@0.2.0')).rejects.toMatchObject({
      hint: expect.stringContaining('--features clocks-timezone'),
    })
  })

  it('takes in the unstable features that are asked for', async () => {
    const wit = makeFolder({
      'w.wit': `package a:b@1.0.0;
        interface i { old: func(); @unstable(feature = fancy) fresh: func() -> other; @unstable( feature = more ) type other = u8; }
        world w { export i; @unstable(feature = more) import wasi:clocks/timezone@0.2.3; }`,
    })
    const functions = async (features?: string[]) => {
      const { exports, leftOut } = await loadWorld({ wit, features })
      const item = exports.get('a:b/i@1.0.0')
      return [item?.kind === 'instance' ? [...item.exports.keys()] : [], leftOut]
    }
    expect(await functions()).toEqual([['old'], ['fancy', 'more']])
    const all = ['fancy', 'more', 'clocks-timezone']
    expect(await functions(all)).toEqual([['other', 'old', 'fresh'], []])
    await expect(functions(['fancy'])).rejects.toMatchObject({
      code: 'WIT_SYNTAX',
      data: { line: 2 },
      hint: expect.stringContaining('--features more'),
    })
    await expect(functions(['fncy'])).rejects.toMatchObject({
      code: 'FEATURE_UNKNOWN',
      data: { known: ['clocks-timezone', 'fancy', 'more'] },
    })
  })

  it('passes over what is no WIT, and names what leads nowhere or may not be read', async () => {
    const dir = makeFolder({
      'world.wit': '\uFEFFpackage a:b;\nworld w { import c:d/i; }',
      'old.wit/world.wit': 'package a:b; world x {}',
      'deps/c/c.wit': 'package c:d; interface i { run: func(); }',
      'deps/c/deps/e.wit': 'not WIT',
      'deps/notes.wit/readme.md': 'not WIT',
    })
    symlinkSync('/nowhere', join(dir, 'deps/gone'))
    expect([...(await loadWorld({ wit: dir })).imports.keys()]).toEqual(['c:d/i'])
    const refused = (path: string, reason: string) =>
      expect(loadWorld({ wit: dir })).rejects.toMatchObject({
        code: 'WIT_UNREADABLE',
        data: { path: join(dir, path), reason },
      })
    symlinkSync('/nowhere', join(dir, 'gone.wit'))
    await refused('gone.wit', 'it is a link that leads nowhere')
    rmSync(join(dir, 'gone.wit'))
    symlinkSync('loop.wit', join(dir, 'deps/loop.wit'))
    await refused('deps/loop.wit', 'its links lead in a circle')
    rmSync(join(dir, 'deps/loop.wit'))
    await expect(loadWorld({ wit: '/dev/null' })).rejects.toMatchObject({ code: 'WIT_MISSING' })
    // The system lets one who owns everything read everything.
    if (process.getuid?.() === 0) return
    chmodSync(join(dir, 'deps/c/c.wit'), 0)
    await refused('deps/c/c.wit', 'permission is denied')
  })

  it('takes dependencies in their binary form', async () => {
    const binary = await parse(`(component
      (type (component
        (type (instance (type u32) (export "n" (type (eq 0))) (type (func (param "a" 1))) (export "f" (func (type 2)))))
        (export "c:d/i@1.0.0" (instance (type 0)))))
      (export "i" (type 0)))`)
    const dir = makeFolder({
      'world.wit': 'package a:b;\nworld w { import c:d/i@1.0.0; }',
      'deps/c.wasm': binary,
    })
    const { imports, wit } = await loadWorld({ wit: dir })
    expect([...imports.keys()]).toEqual(['c:d/i@1.0.0'])
    expect(wit.get('deps/c.wit')).toContain('f: func(a: n)')
    writeFileSync(join(dir, 'deps/c.wasm'), 'not WebAssembly')
    await expect(loadWorld({ wit: dir })).rejects.toMatchObject({
      code: 'WIT_SYNTAX',
      data: { file: 'deps/c.wasm' },
    })
  })

  it('keeps comments apart: nested packages, gates, resources, inline interfaces, keywords', async () => {
    const dir = makeFolder({
      'world.wit': `
        package a:b@1.0.0;
        // not a doc comment
        interface things {
          /// A thing.
          resource thing {
            /// Makes one.
            constructor(n: u32);
            @since(version = 1.0.0)
            /// Two
            /// lines.
            get: func() -> list<tuple<u8, u8>>;
            plain: func() -> u8;
          }
          /** A block
           *  comment. */
          record %type { /// first
            a: list<option<u8>>, /* no doc */ b: u8 }
        }
        world w {
          /// Inline.
          export inl: interface {
            /// Runs.
            run: func();
          }
          /// Start.
          export start: func();
          import things;
        }`,
    })
    const { docs } = await loadWorld({ wit: dir })
    expect(Object.fromEntries([...docs].filter(([key]) => !key.startsWith('wasi')))).toEqual({
      'a:b/things@1.0.0#thing': 'A thing.',
      'a:b/things@1.0.0#thing.constructor': 'Makes one.',
      'a:b/things@1.0.0#thing.get': 'Two\nlines.',
      'a:b/things@1.0.0#type': 'A block\n comment.',
      'a:b/things@1.0.0#type.a': 'first',
      inl: 'Inline.',
      'inl#run': 'Runs.',
      'a:b/w@1.0.0#start': 'Start.',
    })
  })

  const rejects: [string, string, { code: string; line?: number; message: string; world?: string }][] = [
    [
      'a syntax error',
      'package a:b;\n\nworld w {\n  export f: fun(a: string);\n}\n',
      { code: 'WIT_SYNTAX', line: 4, message: "expected ';', found '('" },
    ],
    [
      'an unknown type',
      'package a:b;\nworld w {\n  export f: func(a: strin);\n}\n',
      { code: 'WIT_SYNTAX', line: 3, message: '`strin` does not exist' },
    ],
    [
      'an unknown package',
      'package a:b;\nworld w {\n  import wasi:nope/x@0.2.0;\n}\n',
      { code: 'WIT_SYNTAX', line: 3, message: 'wasi:nope@0.2.0' },
    ],
    [
      'a name defined twice',
      'package a:b;\ninterface i {\n  f: func();\n  f: func();\n}\n',
      { code: 'WIT_SYNTAX', line: 4, message: 'duplicate name `f`' },
    ],
    ['text that is not WIT', 'hello', { code: 'WIT_SYNTAX', line: 1, message: 'expected' }],
    [
      'a world that is not there',
      'package a:b;\nworld one {}\nworld two {}\n',
      { code: 'WORLD_UNKNOWN', message: 'no world "three"; it has:\n  one\n  two', world: 'three' },
    ],
    [
      'no choice between worlds',
      'package a:b;\nworld one {}\nworld two {}\n',
      { code: 'WORLD_UNKNOWN', message: '2 worlds and none was chosen' },
    ],
  ]
  it.each(rejects)('rejects %s', async (_, text, { code, line, message, world }) => {
    const wit = `${makeFolder({ 'bad.wit': text })}/bad.wit`
    const error = await loadWorld({ wit, world }).catch((e: unknown) => e)
    if (!PluginError.is(error, code)) throw error
    expect(error.message).toContain(message)
    if (line !== undefined) expect(error.data).toMatchObject({ file: wit, line })
  })

  it('says when there is no WIT', async () => {
    await expect(loadWorld({ wit: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'WIT_MISSING' })
    const empty = makeFolder({ 'readme.txt': '' })
    await expect(loadWorld({ wit: empty })).rejects.toMatchObject({ code: 'WIT_MISSING' })
  })

  it('still works after WIT that failed', async () => {
    await expect(loadWorld({ wit: makeFolder({ 'x.wit': 'package ;' }) })).rejects.toMatchObject({
      code: 'WIT_SYNTAX',
    })
    await expect(loadWorld({ wit: SITE, world: 'renderer' })).resolves.toBeDefined()
  })
})
