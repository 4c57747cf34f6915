import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, temporaryFolder } from './support/app.js'
import { nodes } from './support/nodes.js'

const exec = promisify(execFile)
const CLI = path.join(root, 'packages/cli/dist/bin.js')
const page = (name: string) => readFile(path.join(root, 'docs', name), 'utf8')

/** The TypeScript behind a mark such as `<!-- runs: greeter -->`, in order. */
function marked(text: string, mark: string): string[] {
  return [...text.matchAll(new RegExp(`^<!-- ${mark} -->\n\`\`\`ts\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  )
}

/** What an author would write for the page's contract. */
const GREETER = `import { size } from './gen/acme-greetings/audience'
import { GreetResult } from './gen/acme-greetings/greet'

export function greet(name: string): GreetResult {
  if (name == '') return GreetResult.err('a name has letters')
  return GreetResult.ok('Hello ' + name + ', we are ' + size().toString())
}
`

const TAKES_GRANTS = `import { createHost } from '@wasm-plugin/host'
import { grants } from './grants0.js'

const host = await createHost()
const imports = { 'acme:greetings/audience': { size: () => 1 } }
const plugin = await host.load('./greeter.wasm', { grants, imports })
console.log(await plugin.exports['acme:greetings/greet'].greet('Ada'))
await host.close()
`

describe('the guide to embedding, followed', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  const at = (...parts: string[]) => path.join(folder.path, ...parts)
  const command = (...args: string[]) => exec(process.execPath, [CLI, ...args], { cwd: folder.path })

  beforeAll(async () => {
    folder = await temporaryFolder()
    const text = await page('embedding.md')
    const [, wit = ''] = /^```wit\n(.*?)^```/ms.exec(text) ?? []
    await mkdir(at('wit'))
    await writeFile(at('wit/greetings.wit'), wit)
    await command('new', 'greeter', '--lang', 'assemblyscript', '--wit', 'wit', '--world', 'greeter')
    await writeFile(at('greeter/assembly/index.ts'), GREETER)
    await mkdir(at('greeter/node_modules'))
    const compiler = path.join(root, 'packages/plugin-sdk/node_modules/assemblyscript')
    await symlink(compiler, at('greeter/node_modules/assemblyscript'))
    await exec(process.execPath, [CLI, 'build'], { cwd: at('greeter') })
    await copyFile(at('greeter/dist/greeter.wasm'), at('greeter.wasm'))
    await command('types', '--wit', 'wit', '--world', 'greeter', '-o', 'greeter.ts')

    await mkdir(at('node_modules/@wasm-plugin'), { recursive: true })
    await symlink(path.join(root, 'packages/host'), at('node_modules/@wasm-plugin/host'))
    await symlink(path.join(root, 'node_modules/@types'), at('node_modules/@types'))
    await writeFile(at('package.json'), JSON.stringify({ type: 'module' }))
    for (const [i, snippet] of marked(text, 'runs: greeter').entries())
      await writeFile(at(`runs${i}.ts`), snippet)
    const [capability = ''] = marked(await page('grants.md'), 'runs: greeter')
    await writeFile(at('capability.ts'), capability)
    for (const [i, snippet] of marked(await page('grants.md'), 'compiles').entries())
      await writeFile(at(`grants${i}.ts`), snippet)
    const compilerOptions = { types: ['node'], noEmit: false, declaration: false }
    const extended = path.join(root, 'tsconfig.base.json')
    await writeFile(
      at('tsconfig.json'),
      JSON.stringify({ extends: extended, compilerOptions, include: ['*.ts'] }),
    )
    await exec(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
      cwd: folder.path,
    }).catch((error) => expect.fail(error.stdout))
  }, 240_000)
  afterAll(() => folder?.[Symbol.asyncDispose]())

  it.each(nodes)('loads and calls on %s', async (_, node) => {
    const { stdout, stderr } = await exec(node, ['runs0.js'], { cwd: folder.path })
    expect(stdout).toBe('Hello Ada, we are 3\nHello Grace, we are 3\nthe plugin says: a name has letters\n')
    expect(stderr).toBe('')
  })

  it.each(nodes)('asks before it grants on %s', async (_, node) => {
    const { stdout } = await exec(node, ['runs1.js'], { cwd: folder.path })
    expect(stdout).toContain("greeter sha256: {} [ 'acme:greetings/audience@0.1.0' ]")
  })

  it.each(nodes)('replaces a plugin on %s', async (_, node) => {
    const { stdout } = await exec(node, ['runs3.js'], { cwd: folder.path })
    expect(stdout).toBe("Hello Ada, we are 3\nHello Grace, we are 3 [ 'greeter' ]\n")
  })

  it('has a capability of the application', async () => {
    const { stdout } = await exec(process.execPath, ['capability.js'], { cwd: folder.path })
    expect(stdout).toBe('no app.audience: count company\nHello Ada, we are 3\n')
  })

  it('has grants that the host takes', async () => {
    await mkdir(at('data/out'), { recursive: true })
    await mkdir(at('state'))
    await writeFile(at('takes-grants.js'), TAKES_GRANTS)
    const { stdout } = await exec(process.execPath, ['takes-grants.js'], { cwd: folder.path })
    expect(stdout).toBe('Hello Ada, we are 1\n')
  })
})

describe('the page of limits', () => {
  it('has every limit, budget and pool option with the default of the code', async () => {
    const text = await page('limits.md')
    const rows = (await Promise.all(['limits.ts', 'options/given.ts'].map(defaultsIn))).flat()
    expect(rows.length).toBeGreaterThan(12)
    for (const [name, value] of rows) expect(text).toContain(`| \`${name}\` | ${value} |`)
  })
})

/** The members of the interfaces in a file of `embed` that have a default, with it. */
async function defaultsIn(name: string) {
  const file = path.join(root, 'packages/embed/src', name)
  const source = ts.createSourceFile(file, await readFile(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter((declared) => ['PluginLimits', 'PoolOptions', 'BudgetOptions'].includes(declared.name.text))
    .flatMap(({ members }) =>
      members.map((member) => [member.name?.getText(source), defaultOf(member)] as const),
    )
}

function defaultOf(member: ts.TypeElement): string | undefined {
  const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default')
  return ts.getTextOfJSDocComment(tag?.comment)
}
