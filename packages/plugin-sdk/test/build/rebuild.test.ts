import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder, makeProject } from '../support/project.js'

const WIT = 'package a:b; world w { export answer: func() -> string; }'
const SOURCE = `import { text } from './text'\nexport function answer(): string { return text() }\n`
const TEXT = (word: string) => `export function text(): string { return '${word}' }\n`

const project = (more: Record<string, string> = {}) =>
  makeProject({
    'w.wit': WIT,
    'assembly/index.ts': SOURCE,
    'assembly/text/index.ts': TEXT('one'),
    ...more,
  })

/** Builds, and says whether the compiler ran. */
async function rebuild(dir: string, mode: 'debug' | 'release' = 'debug') {
  const steps: string[] = []
  const { path } = await build({
    dir,
    name: 'x',
    wit: 'w.wit',
    mode,
    onProgress: ({ step }) => void steps.push(step),
  })
  return { compiled: steps.includes('compile'), bytes: readFileSync(path).toString('latin1') }
}

describe('a rebuild', () => {
  it('with nothing changed gives the same bytes without the compiler', async () => {
    const dir = project()
    const first = await rebuild(dir)
    expect(first.compiled).toBe(true)
    expect(await rebuild(dir)).toEqual({ compiled: false, bytes: first.bytes })
  })

  it('is what a first build would give, whatever changed: a source, an option, the contract, a file that was not there', async () => {
    const dir = project()
    const one = await rebuild(dir)
    const changes: [string, string][] = [
      ['assembly/text/index.ts', TEXT('two')],
      ['assembly/text.ts', TEXT('three')], // Now comes before text/index.ts.
      ['w.wit', WIT.replace('world w {', 'world w { import wasi:cli/stderr@0.2.12;')],
      ['asconfig.json', '{ "options": { "initialMemory": 40 } }'],
    ]
    const seen = [one.bytes]
    const files: Record<string, string> = {}
    for (const [path, text] of changes) {
      writeFileSync(join(dir, path), text)
      files[path] = text
      const changed = await rebuild(dir)
      expect(changed.compiled, path).toBe(true)
      expect(changed.bytes, path).toBe((await rebuild(project(files))).bytes)
      expect(await rebuild(dir), path).toEqual({ ...changed, compiled: false })
      seen.push(changed.bytes)
    }
    expect((await rebuild(dir, 'release')).compiled).toBe(true)
    expect(new Set(seen).size).toBeGreaterThanOrEqual(4)
    for (const path of ['assembly/text.ts', 'asconfig.json']) rmSync(join(dir, path))
    writeFileSync(join(dir, 'w.wit'), WIT)
    writeFileSync(join(dir, 'assembly/text/index.ts'), TEXT('one'))
    expect(await rebuild(dir)).toEqual({ compiled: false, bytes: one.bytes })
  })

  it('always compiles a project whose compiler runs code of its own', async () => {
    const dir = project({
      'asconfig.json': '{ "options": { "transform": ["./transform.mjs"] } }',
      'transform.mjs': 'export default class {}',
    })
    expect([(await rebuild(dir)).compiled, (await rebuild(dir)).compiled]).toEqual([true, true])
  })

  it('in two processes at once gives both the same', async () => {
    const dir = project()
    const script = `
      import { build } from '@wasm-plugin/sdk'
      const { size } = await build({ dir: ${JSON.stringify(dir)}, name: 'x', wit: 'w.wit' })
      process.stdout.write(String(size))`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const [a, b] = await Promise.all([run(), run()])
    expect(a.stdout).toBe(b.stdout)
    expect((await rebuild(dir, 'release')).bytes).toHaveLength(Number(a.stdout))
  })
})

describe('the compiler', () => {
  it('may crash: that build fails, and the next one works', async () => {
    const dir = project({ 'assembly/text/index.ts': 'enum E { A = E.B, B = E.A }\nexport let x = E.A\n' })
    await expect(rebuild(dir)).rejects.toMatchObject({
      code: 'COMPILER_CRASHED',
      message: expect.stringContaining('the AssemblyScript compiler crashed: in its step "compile"'),
      data: { output: expect.stringContaining('Whoops') },
    })
    writeFileSync(join(dir, 'assembly/text/index.ts'), TEXT('one'))
    expect((await rebuild(dir)).compiled).toBe(true)
  })

  it('may be no compiler at all', async () => {
    const dir = makeFolder({
      'package.json': '{ "devDependencies": { "assemblyscript": "*" } }',
      'node_modules/assemblyscript/dist/asc.js': 'process.exit(7)',
      'w.wit': WIT,
      'assembly/index.ts': SOURCE,
    })
    await expect(rebuild(dir)).rejects.toMatchObject({
      code: 'COMPILER_CRASHED',
      message: expect.stringContaining('it ended with exit code 7'),
    })
  })

  it('answers several builds at once', async () => {
    const builds = ['a', 'b', 'c'].map(async (word) => {
      const { bytes } = await rebuild(project({ 'assembly/text/index.ts': TEXT(`word ${word}`) }))
      return bytes.includes([...`word ${word}`].join('\0'))
    })
    expect(await Promise.all(builds)).toEqual([true, true, true])
  })
})
