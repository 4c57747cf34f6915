import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { generateBindings, generateHostTypes, loadWorld, writeStubs } from '../src/index.js'
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
})

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
