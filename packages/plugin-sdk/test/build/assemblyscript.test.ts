import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MANIFEST_SECTION } from '@wasm-plugin/manifest/names'
import { Component } from '@wasm-plugin/runtime'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder, makeProject, WIT_DIR } from '../support/project.js'

const HEAD = `import { AnalyzeResult, Document, Heading, Insights } from './gen/acme-site/analyze'\n`
const FULL = 'export function analyze(doc: Document, headings: Heading[]): AnalyzeResult {\n'
const GOOD = `${HEAD}import { log, Level } from './gen/acme-site/log'
import * as env from './gen/std/env'
${FULL}  log(Level.Info, doc.path)
  if (doc.markdown.length == 0) return AnalyzeResult.err('empty')
  const toc = headings.map<string>((heading) => heading.text).join()
  return AnalyzeResult.ok(new Insights(doc.markdown.split(' ').length, 1, toc, env.get('LANG')))
}
`
const site = { name: 'site-stats', wit: `${WIT_DIR}acme-site/v0.1`, world: 'analyzer' } as const

const buildSource = (source: string, mode: 'debug' | 'release' | 'size' = 'debug') =>
  build({ ...site, mode, dir: makeProject({ 'assembly/index.ts': source }) })

describe('build of an AssemblyScript project', () => {
  it('makes a component that runs, with its manifest and metadata', async () => {
    const dir = makeProject({ 'assembly/index.ts': GOOD })
    const steps: string[] = []
    const manifestBytes = new TextEncoder().encode('{"name":"site-stats"}')
    const metadata = { version: '1.2.3', licenses: 'Apache-2.0' }
    const onProgress = ({ step }: { step: string }) => void steps.push(step)
    const result = await build({ ...site, dir, manifestBytes, metadata, onProgress })
    expect(result).toMatchObject({
      language: 'assemblyscript',
      world: 'acme:site/analyzer@0.1.0',
      warnings: [],
    })
    expect(result.path).toBe(join(dir, 'dist/site-stats.wasm'))
    expect(readdirSync(join(dir, 'dist'))).toEqual(['site-stats.wasm', 'site-stats.wasm.map'])
    expect(steps).toEqual(['world', 'bindings', 'compile', 'write'])

    const component = await Component.compile(readFileSync(result.path))
    const sections = new Map(
      component.customSections.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]),
    )
    expect(sections.get(MANIFEST_SECTION)).toBe('{"name":"site-stats"}')
    expect(sections.get('version')).toBe('1.2.3')
    expect(sections.get('licenses')).toBe('Apache-2.0')
    expect([...component.imports.keys()]).toEqual([
      'acme:site/log@0.1.0',
      'wasi:cli/environment@0.2.12',
      'acme:site/types@0.1.0',
    ])

    const lines: unknown[] = []
    const { exports } = component.instantiate({
      'acme:site/log@0.1.0': { log: (...line: unknown[]) => void lines.push(line) },
      'acme:site/types@0.1.0': {},
      'wasi:cli/environment@0.2.12': { getEnvironment: () => [['LANG', 'de']] },
    })
    const { analyze } = exports['acme:site/analyze@0.1.0'] as Record<string, (...args: unknown[]) => unknown>
    expect(
      analyze!({ path: 'a.md', markdown: 'one 😀 two' }, [{ level: 1, text: 'T', anchor: 't' }]),
    ).toEqual({
      words: 3,
      readingMinutes: 1,
      toc: 'T',
      note: 'de',
    })
    expect(lines).toEqual([['info', 'a.md']])
    expect(() => analyze!({ path: '', markdown: '' }, [])).toThrowError(
      expect.objectContaining({ payload: 'empty' }),
    )
  })

  it('gives equal bytes for equal input, wherever it is', async () => {
    const [a, b] = [await buildSource(GOOD, 'release'), await buildSource(GOOD, 'release')]
    expect(a.path).not.toBe(b.path)
    expect(readFileSync(a.path).equals(readFileSync(b.path))).toBe(true)
  })

  it('is small when asked to be', async () => {
    const [release, size] = [await buildSource(GOOD, 'release'), await buildSource(GOOD, 'size')]
    expect(size.size).toBeLessThan(release.size)
    expect(size.size).toBeLessThan(15_000)
  })

  const mistakes: [string, string, Record<string, unknown>, string][] = [
    [
      'an export is missing',
      HEAD,
      { code: 'EXPORT_MISSING' },
      `${FULL.slice(0, -3).replace('Heading[]', 'Array<Heading>')}`,
    ],
    [
      'a parameter has another type',
      `${HEAD}\n${FULL.replace('doc: Document', 'doc: string')}  return AnalyzeResult.err(doc) }`,
      { code: 'EXPORT_MISMATCH', data: { file: 'assembly/index.ts', line: 3 } },
      "Type 'Document' is not assignable to type 'string'",
    ],
    [
      'the result has another type',
      `${HEAD}\n\n${FULL.replace('AnalyzeResult', 'string')}  return doc.path }`,
      { code: 'EXPORT_MISMATCH', data: { file: 'assembly/index.ts', line: 4 } },
      "Type 'string' is not assignable to type 'Result<Insights,string>'",
    ],
    [
      'a field is misspelt',
      `${HEAD}${FULL}  return AnalyzeResult.err(doc.pathh) }`,
      { code: 'COMPILE_FAILED', data: { file: 'assembly/index.ts', line: 3, column: 32 } },
      "Property 'pathh' does not exist on type 'Document'",
    ],
    [
      'the syntax is wrong',
      `${HEAD}\nexport function analyze(doc: Document: string {}`,
      { code: 'COMPILE_FAILED', data: { file: 'assembly/index.ts', line: 3 } },
      "')' expected",
    ],
    [
      'a wrapper needs what the world does not import',
      `import * as random from './gen/std/random'\n${HEAD}${FULL}  return AnalyzeResult.err(random.integer().toString()) }`,
      { code: 'COMPILE_FAILED', data: { file: 'assembly/index.ts', line: 1 } },
      'std/random needs wasi:random/random, which the world does not import',
    ],
    [
      'a global needs what the world does not import',
      `${HEAD}${FULL}  console.log('x')\n  return AnalyzeResult.err('') }`,
      { code: 'COMPILE_FAILED', data: { file: 'assembly/index.ts', line: 3 } },
      'console.* needs wasi:cli/stderr, which the world does not import',
    ],
  ]
  it.each(mistakes)("says at the author's line that %s", async (_, source, shape, message) => {
    const { data, ...rest } = shape
    const error = await buildSource(source).catch((e: unknown) => e)
    expect(error).toMatchObject({ ...rest, message: expect.stringContaining(message) })
    if (data !== undefined) expect(error).toMatchObject({ data })
  })

  it('refuses an import by hand that the world does not have', async () => {
    const declare = (module: string) =>
      `// @ts-ignore: decorator\n@external("${module}", "nope") declare function nope(): void\n`
    const source = (module: string) =>
      `${HEAD}${declare(module)}${FULL}  nope()\n  return AnalyzeResult.err('') }`
    await expect(buildSource(source('other'))).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      message: expect.stringContaining('imports nope of other, which the world does not import'),
      data: { file: 'assembly/index.ts', line: 3 },
    })
    await expect(buildSource(source('acme:site/log@0.1.0'))).rejects.toMatchObject({
      code: 'WIT_TOOLS_FAILED',
    })
  })

  it('keeps the component of the last good build when one fails', async () => {
    const dir = makeProject({ 'assembly/index.ts': HEAD, 'dist/site-stats.wasm': 'before' })
    await expect(build({ ...site, dir })).rejects.toMatchObject({ code: 'EXPORT_MISSING' })
    expect(readFileSync(join(dir, 'dist/site-stats.wasm'), 'utf8')).toBe('before')
    expect(readdirSync(join(dir, 'dist'))).toEqual(['site-stats.wasm'])
  })

  it('says what is missing: entry, compiler, project', async () => {
    await expect(build({ ...site, dir: makeProject({}) })).rejects.toMatchObject({ code: 'ENTRY_MISSING' })
    const dir = makeFolder({ 'assembly/index.ts': GOOD })
    await expect(build({ ...site, dir, language: 'assemblyscript' })).rejects.toMatchObject({
      code: 'TOOLCHAIN_MISSING',
    })
    await expect(build({ ...site, dir })).rejects.toMatchObject({ code: 'PROJECT_UNKNOWN' })
  })

  it.each([
    ['an async function', 'f: async func();'],
    ['the type stream<u8>', 'f: func(s: stream<u8>);'],
    ['the type future<u8>', 'f: func() -> list<future<u8>>;'],
  ])('names the function that uses %s', async (feature, func) => {
    const dir = makeProject({
      'w.wit': `package a:b; interface i { ${func} } world w { export i; }`,
      'assembly/index.ts': '',
    })
    await expect(build({ dir, name: 'x', wit: 'w.wit' })).rejects.toMatchObject({
      code: 'TYPE_UNSUPPORTED',
      message: expect.stringMatching(new RegExp(`a:b/i#.*f uses ${feature}`)),
    })
  })
})
