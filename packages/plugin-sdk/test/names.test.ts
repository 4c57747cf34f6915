import { generateBindings, generateHostTypes, languageNames, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { hostileWorld } from './support/hostile-world.js'
import { makeFolder } from './support/project.js'

/** Many: generation is quick, and the compiler checks them in one program. */
const WORLDS = Number(process.env.WASM_PLUGIN_WORLDS ?? 60)
const SEED = 20261128

describe('names of generated code', () => {
  it(`fit together in TypeScript and JavaScript for ${WORLDS} worlds of hostile names`, {
    timeout: 300_000,
  }, async () => {
    const files: Record<string, string> = {}
    for (let i = 0; i < WORLDS; i++) {
      const wit = hostileWorld(SEED + i, `names-w${i}`)
      files[`${i}/world.wit`] = wit
      const place = makeFolder({ 'world.wit': wit })
      const world = await loadWorld({ wit: place })
      files[`${i}/host.ts`] = generateHostTypes(world)
      const bindings = await generateBindings('ts', { wit: place, out: 'gen' })
      for (const [name, text] of bindings.files) files[`${i}/ts/gen/${name}`] = String(text)
      for (const [name, text] of await writeStubs(world, 'ts')) files[`${i}/ts/${name}`] = text
      // The modules of the imports are declared once in a program.
      files[`${i}/js/gen/world.d.ts`] = String(bindings.files.get('world.d.ts'))
      for (const [name, text] of await writeStubs(world, 'js')) files[`${i}/js/${name}`] = text
    }
    expect(check(files)).toEqual([])
  })

  it('may be any word of WIT, in every place and every language', async () => {
    const wit = makeFolder({ 'world.wit': everyWord() })
    const world = await loadWorld({ wit, world: 'world' })
    expect(world.id).toBe('use:import/world@1.0.0')
    expect((await loadWorld({ wit, world: 'use:import/world@1.0.0' })).id).toBe(world.id)
    for (const name of languageNames) expect((await writeStubs(world, name)).size, name).toBeGreaterThan(0)
    // Rust's are its own macro's, and a text has none.
    for (const name of languageNames.filter((language) => !['rust', 'wat'].includes(language)))
      expect(
        (await generateBindings(name, { wit, world: 'world', out: 'gen' })).files.size,
        name,
      ).toBeGreaterThan(0)
    expect(generateHostTypes(world)).toContain('use:import/interface@1.0.0')
  })
})

const WIT_WORDS =
  `use type func u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char bool string resource own borrow record flags variant enum
  option result future stream error-context list as from static interface tuple world import export package constructor
  include with async map`.split(/\s+/)

/** A package, a world, interfaces, types, functions and their parts that are named by the words of WIT. */
function everyWord(): string {
  const each = (text: (word: string) => string, separator = ' ') =>
    WIT_WORDS.map((word) => text(`%${word}`)).join(separator)
  // A world and an interface of a package share their names.
  const interfaces = WIT_WORDS.filter((word) => word !== 'world').map((word) => `%${word}`)
  return `package %use:%import@1.0.0;
    ${interfaces.map((word) => `interface ${word} { record ${word} { ${word}: string } f: func(${word}: ${word}) -> ${word}; }`).join(' ')}
    interface functions { ${each((word) => `${word}: func(${word}: string);`)} }
    interface resources { ${each((word) => `resource ${word} { constructor(a: string); } `)} take: func(a: borrow<%own>) -> %own; }
    interface members {
      resource r { ${each((word) => (word === '%constructor' ? '' : `${word}: func();`))} }
      variant v { ${each((word) => `${word}(string)`, ', ')} } enum e { ${each((word) => word, ', ')} }
      f: func(a: v, b: e) -> r;
    }
    world %world {
      ${interfaces.map((word) => `import ${word}; export ${word};`).join(' ')}
      import functions; export functions; import resources; export resources; import members; export members;
      import %func: func(a: string) -> string; export %include: interface { %package: func(); }
    }`
}

/** What the compiler says, with what it says it about. */
function check(files: Record<string, string>): string[] {
  const dir = makeFolder(files)
  const roots = Object.keys(files).filter((name) => !name.endsWith('.wit'))
  const program = ts.createProgram(
    roots.map((name) => `${dir}/${name}`),
    {
      strict: true,
      noEmit: true,
      allowJs: true,
      verbatimModuleSyntax: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: [],
    },
  )
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1
    const source = file?.text.split('\n')[line]
    return `${file?.fileName.slice(dir.length + 1)}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} | ${source}`
  })
}
