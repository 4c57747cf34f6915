import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkManifest } from '../packages/manifest/dist/index.js'
import { generateHostTypes, loadWorld } from '../packages/plugin-sdk/dist/index.js'
import { root, temporaryFolder } from './support/app.js'
import { nodes } from './support/nodes.js'
import { allSnippets, type Snippet } from './support/snippets.js'

const exec = promisify(execFile)
const CLI = path.join(root, 'packages/cli/dist/bin.js')
const packages = {
  embed: 'embed',
  gateway: 'gateway',
  host: 'host',
  inspector: 'inspector',
  manifest: 'manifest',
  registry: 'registry',
  runtime: 'runtime',
  sdk: 'plugin-sdk',
  wasi: 'wasi',
  web: 'web',
}

/** What a reader knows by then, and what frameworks have that nothing here depends on. */
const KNOWN = ['context.d.ts', 'frameworks.d.ts']
/** Checked below, wherever they are. */
const CHECKED = ['ts', 'js', 'sh', 'wit', 'json']
/** What is printed, or drawn. */
const NO_CODE = ['', 'text']
/** Built or followed by the tests of the SDK and of the command that read these pages. */
const BUILT: Readonly<Record<string, string>> = {
  'ts plugin': 'docs/javascript.md',
  'ts assemblyscript': 'docs/assemblyscript.md',
  'ts assemblyscript reader': 'docs/assemblyscript.md',
  c: 'docs/c.md',
  cpp: 'docs/c.md',
  rust: 'docs/rust.md',
  wat: 'docs/wat.md',
  'json values': 'docs/kubernetes.md',
  'json shim': 'docs/kubernetes.md',
  'sh server': 'docs/registry.md',
  'json trust': 'docs/registry.md',
  'ts assemblyscript server': 'docs/serve.md',
  'json routes': 'docs/serve.md',
  toml: 'docs/registry.md',
  'wat program': 'docs/serve.md',
  'wit contract': 'docs/tutorial.md',
  'ts assemblyscript centre': 'docs/tutorial.md',
  'js centre test': 'docs/tutorial.md',
  'js app': 'docs/tutorial.md',
  'toml modules': 'docs/serve.md',
}

describe('the code of the documentation', async () => {
  const all = await allSnippets()
  const of = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind))
  const programs = of('ts', 'js')

  it('is of kinds that a test checks', () => {
    const unknown = all.filter(
      ({ kind, page }) => ![...CHECKED, ...NO_CODE].includes(kind) && BUILT[kind] !== page,
    )
    expect(unknown.map(({ place, kind }) => `${place} ${kind}`)).toEqual([])
    for (const kind of [...CHECKED, ...Object.keys(BUILT)]) expect(of(kind), kind).not.toEqual([])
  })

  describe('in TypeScript and JavaScript', () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>
    const at = (...parts: string[]) => path.join(folder.path, ...parts)

    beforeAll(async () => {
      folder = await temporaryFolder()
      await mkdir(at('node_modules/@wasm-plugin'), { recursive: true })
      for (const [name, where] of Object.entries(packages))
        await symlink(path.join(root, 'packages', where), at('node_modules/@wasm-plugin', name))
      await symlink(path.join(root, 'node_modules/@types'), at('node_modules/@types'))
      await symlink(path.join(root, 'node_modules/vitest'), at('node_modules/vitest'))
      await writeFile(at('package.json'), '{ "type": "module" }')
      for (const name of KNOWN) await copyFile(path.join(root, 'test/fixtures/snippets', name), at(name))
      const greetings = of('wit').find(({ page }) => page === 'docs/embedding.md')
      await writeFile(at('greetings.wit'), greetings?.text ?? '')
      for (const [wit, world] of [
        [path.join(root, 'wit/acme-site/v0.1'), 'renderer'],
        [at('greetings.wit'), 'greeter'],
      ] as const)
        await writeFile(at(`${world}.ts`), generateHostTypes(await loadWorld({ wit, world })))
      for (const [i, { kind, text }] of programs.entries())
        await writeFile(at(`snippet${i}.${kind}`), `${text}\nexport {}\n`)
    })
    afterAll(() => folder?.[Symbol.asyncDispose]())

    it('compiles', () => {
      const files = programs.map(({ kind }, i) => at(`snippet${i}.${kind}`))
      const program = ts.createProgram([...files, ...KNOWN.map((name) => at(name))], {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
        types: ['node'],
        typeRoots: [at('node_modules/@types')],
        strict: true,
        noEmit: true,
        allowJs: true,
        checkJs: true,
      })
      const found = ts.getPreEmitDiagnostics(program).filter((found) => !isUntypedJs(found))
      expect(found.map((diagnostic) => said(diagnostic, programs))).toEqual([])
    }, 120_000)

    it.each(nodes)('is JavaScript that %s reads once the types are gone', async (_, node) => {
      const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext }
      const texts = programs.map(({ place, text }) => [place, ts.transpile(text, options)])
      await writeFile(at('texts.json'), JSON.stringify(texts))
      const { stdout } = await exec(node, ['--experimental-vm-modules', '--no-warnings', '-e', READ], {
        cwd: folder.path,
      })
      expect(JSON.parse(stdout)).toEqual([])
    })
  })

  it('names commands that exist, with options that exist', async () => {
    const lines = of('sh').flatMap(({ place, text }) =>
      text.split('\n').map((line) => ({ place, line: line.replace(/(^| )#.*/, '') })),
    )
    const uses = lines.flatMap(({ place, line }) => {
      const [, command, rest = ''] = /^npx (?:wasm-plugin|@wasm-plugin\/cli) ([a-z]+)(.*)$/.exec(line) ?? []
      return command === undefined
        ? []
        : [{ place, command, options: rest.match(/ -{1,2}[a-z][a-z-]*/g) ?? [] }]
    })
    expect(uses.length).toBeGreaterThanOrEqual(10)
    // No project has the command installed yet, and npm has a package of that name which is not ours.
    expect(lines.filter(({ line }) => line.startsWith('npx wasm-plugin new'))).toEqual([])
    const commands = [...new Set(uses.map(({ command }) => command))]
    const helps = await Promise.all(commands.map((name) => exec(process.execPath, [CLI, name, '--help'])))
    for (const { place, command, options } of uses)
      for (const option of options)
        expect(helps[commands.indexOf(command)]?.stdout, place).toMatch(new RegExp(`${option}\\b`))
  }, 60_000)

  it('names npm scripts that exist, here or in a new plugin', async () => {
    const manifests = ['package.json', 'packages/cli/templates/common/_package.json']
    const texts = await Promise.all(manifests.map((name) => readFile(path.join(root, name), 'utf8')))
    for (const { place, text } of of('sh'))
      for (const [, name = 'test'] of text.matchAll(/^npm (?:run )?(?!install)([a-z]+)/gm))
        expect(texts.join('\n'), place).toContain(`"${name}": "`)
  })

  it.each(of('wit').map(({ place, text }) => [place, text]))('is WIT in %s', async (_, text) => {
    await using folder = await temporaryFolder()
    const wit = path.join(folder.path, 'snippet.wit')
    await writeFile(wit, text)
    await expect(loadWorld({ wit })).resolves.toHaveProperty('id')
  })

  it.each(of('json').map(({ place, text }) => [place, text]))('is of a manifest in %s', (_, text) => {
    const part = JSON.parse(text.startsWith('{') ? text : `{ ${text} }`)
    const whole = { manifestVersion: 1, name: 'x', version: '1.0.0', capabilities: {}, ...part }
    expect(checkManifest(whole)).toMatchObject(part)
  })
})

/** Loads nothing: a module that is only parsed. Prints the places whose code is none. */
const READ = `
  const { SourceTextModule } = require('node:vm')
  const failed = []
  for (const [place, text] of JSON.parse(require('node:fs').readFileSync('texts.json', 'utf8'))) {
    try { new SourceTextModule(text) } catch (error) { failed.push(place + ' ' + error.message) }
  }
  console.log(JSON.stringify(failed))`

/** JavaScript has no place for the types of parameters. */
function isUntypedJs({ file, code }: ts.Diagnostic): boolean {
  return file?.fileName.endsWith('.js') === true && [7006, 7031].includes(code)
}

/** A diagnostic at the place of the snippet. */
function said({ file, messageText, start = 0 }: ts.Diagnostic, programs: readonly Snippet[]): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  const [, index] = /snippet(\d+)\.\w+$/.exec(file?.fileName ?? '') ?? []
  const place = index === undefined ? file?.fileName : programs[Number(index)]?.place
  const line = file?.getLineAndCharacterOfPosition(start).line ?? 0
  return `${place} (line ${line + 1} of it): ${message}`
}
