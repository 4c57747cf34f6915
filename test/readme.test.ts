import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, temporaryFolder } from './support/app.js'
import { nodes } from './support/nodes.js'
import { rust } from './support/toolchains.js'

const exec = promisify(execFile)
const CLI = path.join(root, 'packages/cli/dist/bin.js')

/** The fenced blocks of a language, in order. */
async function blocks(language: string): Promise<string[]> {
  const text = await readFile(path.join(root, 'README.md'), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  )
}

// Rust renders the page in the second snippet.
describe.skipIf(!rust)('the README, followed by an embedder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>

  beforeAll(async () => {
    folder = await temporaryFolder()
    const at = (...parts: string[]) => path.join(folder.path, ...parts)
    await mkdir(at('node_modules/@wasm-plugin'), { recursive: true })
    await symlink(path.join(root, 'packages/host'), at('node_modules/@wasm-plugin/host'))
    await symlink(path.join(root, 'node_modules/@types'), at('node_modules/@types'))
    await copyFile(path.join(root, 'examples/rust-plugin/dist/markdown.wasm'), at('markdown.wasm'))
    await writeFile(at('package.json'), JSON.stringify({ type: 'module' }))
    const compilerOptions = { types: ['node'], noEmit: false, declaration: false }
    const extended = path.join(root, 'tsconfig.base.json')
    await writeFile(
      at('tsconfig.json'),
      JSON.stringify({ extends: extended, compilerOptions, include: ['*.ts'] }),
    )
    const wit = path.join(root, 'wit/acme-site/v0.1')
    await exec(process.execPath, [CLI, 'types', '--wit', wit, '--world', 'renderer', '-o', at('renderer.ts')])
    for (const [i, text] of (await blocks('ts')).entries()) await writeFile(at(`snippet${i}.ts`), text)
  })
  beforeAll(async () => {
    const at = (...parts: string[]) => path.join(folder.path, ...parts)
    await exec(process.execPath, [CLI, 'new', 'hello', '--lang', 'assemblyscript'], { cwd: folder.path })
    await mkdir(at('hello/node_modules'))
    const compiler = path.join(root, 'packages/plugin-sdk/node_modules/assemblyscript')
    await symlink(compiler, at('hello/node_modules/assemblyscript'))
    await exec(process.execPath, [CLI, 'build'], { cwd: at('hello') })
  }, 120_000)
  afterAll(() => folder?.[Symbol.asyncDispose]())

  it('compiles', async () => {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await exec(process.execPath, [tsc, '-p', folder.path]).catch((error) => error)
    expect(stdout).toBe('')
  })

  it.each(nodes)('loads the first plugin of its reader on %s', async (_, node) => {
    const { stdout } = await exec(node, ['../snippet0.js'], { cwd: path.join(folder.path, 'hello') })
    expect(stdout).toBe('Hello, world!\n')
  })

  it.each(nodes)('runs on %s, and prints what it says', async (_, node) => {
    const { stdout, stderr } = await exec(node, ['snippet1.js'], { cwd: folder.path })
    expect(stdout).toBe('Hello <h1 id="hello">Hello</h1>\n\n')
    expect(stderr).toContain('acme:site/render@0.1.0#render')
  })

  it('links only to what is there', async () => {
    const text = await readFile(path.join(root, 'README.md'), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      await expect(
        readFile(path.join(root, target)).catch((error) => error.code),
        target,
      ).resolves.not.toBe('ENOENT')
    }
  })
})
