import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Component } from '@wasm-plugin/runtime'
import { type BuildSettings, build } from '@wasm-plugin/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeClangProject, makeFolder, WIT_DIR } from '../support/project.js'
import { wasiStubs } from '../support/wasi-stubs.js'

const site = { name: 'site', wit: `${WIT_DIR}acme-site/v0.1`, world: 'renderer', mode: 'debug' } as const
const SIGNATURE =
  'bool exports_acme_site_render_render(exports_acme_site_render_document_t *doc, exports_acme_site_render_page_t *ret, renderer_string_t *err)'
const GOOD = `#include "gen/renderer.h"
#include "text/upper.h"
#include <string.h>

${SIGNATURE} {
  if (doc->markdown.len == 0) { renderer_string_dup(err, "leer: \\u00fc\\U0001F600"); return false; }
  acme_site_log_log(ACME_SITE_LOG_LEVEL_INFO, &doc->path);
  memset(ret, 0, sizeof *ret);
  upper(&doc->markdown);
  ret->title.is_some = true;
  ret->title.val = doc->path;
  ret->html = doc->markdown;
  return true;
}
`
const PROJECT = {
  'src/plugin.c': GOOD,
  'src/text/upper.h': '#include "../gen/renderer.h"\nvoid upper(renderer_string_t *text);\n',
  'src/text/upper.c': `#include "upper.h"
#include "limit.h"
void upper(renderer_string_t *text) {
  for (size_t i = 0; i < text->len && i < LIMIT; i++)
    if (text->ptr[i] >= 'a' && text->ptr[i] <= 'z') text->ptr[i] -= 32;
}
`,
  'include/limit.h': '#define LIMIT 1000\n',
}
const withFiles = { include: ['include'], language: 'c' } as const

const buildIn = (dir: string, more: Partial<BuildSettings> = {}) =>
  build({ ...site, ...withFiles, dir, ...more })

const failureOf = (source: string, more: Record<string, string> = {}) =>
  buildIn(makeClangProject({ 'src/plugin.c': source, ...more })).catch((error: unknown) => error)

afterEach(() => vi.unstubAllEnvs())

describe('build of a project in C', { timeout: 600_000 }, () => {
  it('makes a component that runs, from sources in folders, with warnings; the next build compiles what changed', async () => {
    const dir = makeClangProject({
      ...PROJECT,
      'src/plugin.c': GOOD.replace('  memset', '  int spare;\n  memset'),
    })
    const compiled: string[] = []
    const onProgress: BuildSettings['onProgress'] = ({ step, message }) => {
      if (step === 'compile') compiled.push(message.replace('compiling ', ''))
    }
    const built = await buildIn(dir, { onProgress })
    expect(compiled).toEqual(['src/plugin.c', 'src/text/upper.c', 'src/gen/renderer.c'])
    expect(built.warnings).toEqual([
      expect.stringMatching(/^src\/plugin\.c:8:7: warning: unused variable 'spare'/),
    ])
    const bytes = readFileSync(built.path)
    const component = await Component.compile(bytes)
    const lines: unknown[][] = []
    const log = { log: (...line: unknown[]) => void lines.push(line) }
    const { exports } = component.instantiate({ 'acme:site/log@0.1.0': log, ...wasiStubs(component) })
    const { render } = exports['acme:site/render@0.1.0'] as Record<string, (doc: unknown) => unknown>
    expect(render!({ path: 'ä😀.md', markdown: 'one ä 😀' })).toEqual({
      title: 'ä😀.md',
      html: 'ONE ä 😀',
      headings: [],
    })
    expect(lines).toEqual([['info', 'ä😀.md']])
    const failed = expect.objectContaining({ payload: 'leer: ü😀' })
    expect(() => render!({ path: '', markdown: '' })).toThrowError(failed)
    // Names and positions for a debugger.
    expect(bytes.includes('.debug_info')).toBe(true)
    expect(bytes.includes('exports_acme_site_render_render')).toBe(true)

    compiled.length = 0
    expect((await buildIn(dir, { onProgress })).warnings).toEqual(built.warnings)
    expect(compiled).toEqual([])
    expect(readFileSync(built.path).equals(bytes)).toBe(true)
    writeFileSync(join(dir, 'include/limit.h'), '#define LIMIT 2\n')
    const again = await buildIn(dir, { onProgress })
    expect(compiled).toEqual(['src/text/upper.c'])
    expect(readFileSync(again.path).equals(bytes)).toBe(false)
  })

  it('gives equal bytes in two folders, and smaller ones without names in release', async () => {
    const [one, other] = [makeClangProject(PROJECT), makeClangProject(PROJECT)]
    const [a, b] = [await buildIn(one), await buildIn(other)]
    expect(a.path).not.toBe(b.path)
    expect(readFileSync(a.path).equals(readFileSync(b.path))).toBe(true)
    const release = await buildIn(one, { mode: 'release' })
    expect(release.size).toBeLessThan(a.size)
    expect(readFileSync(release.path).includes('.debug_info')).toBe(false)
  })

  const HEAD = '#include "gen/renderer.h"\n'
  it.each([
    [
      'the syntax is wrong',
      `${HEAD}\nint x = ;\n`,
      { code: 'COMPILE_FAILED', line: 3, column: 9 },
      'expected expression',
    ],
    [
      'a name is misspelt',
      `${HEAD}${SIGNATURE} {\n  return docc == 0; }`,
      { code: 'COMPILE_FAILED', line: 3 },
      "undeclared identifier 'docc'",
    ],
    ['an export is missing', HEAD, { code: 'EXPORT_MISSING' }, SIGNATURE],
    [
      'an export is misspelt',
      `${HEAD}\n${SIGNATURE.replace('render_render(', 'render_rendre(')} { return false; }`,
      { code: 'EXPORT_MISSING', line: 3 },
      SIGNATURE,
    ],
    [
      'a header is missing',
      `${HEAD}#include "nowhere.h"`,
      { code: 'COMPILE_FAILED', line: 2 },
      "'nowhere.h'",
    ],
    [
      'a header of the C library refuses to be there',
      `${HEAD}#include <setjmp.h>\n${SIGNATURE} { return false; }`,
      { code: 'COMPILE_FAILED', line: 2 },
      'wasm-enable-sjlj',
    ],
    [
      'a function is there twice',
      `${HEAD}\n${SIGNATURE} { return false; }\nvoid renderer_string_free(renderer_string_t *text) {}`,
      { code: 'COMPILE_FAILED', line: 4 },
      'renderer_string_free is defined in src/gen/renderer.c too',
    ],
    [
      'an export has another signature',
      `${HEAD}\nvoid exports_acme_site_render_render(int doc) {}\n`,
      { code: 'EXPORT_MISMATCH', line: 3 },
      `wanted ${SIGNATURE}`,
    ],
    [
      'an export without its header has another signature',
      '\nvoid exports_acme_site_render_render(int doc) {}\n',
      { code: 'EXPORT_MISMATCH', line: 2 },
      `wanted ${SIGNATURE}`,
    ],
    [
      'a function is nowhere',
      `${HEAD}int nowhere(void);\n\n${SIGNATURE} {\n  return nowhere(); }`,
      { code: 'COMPILE_FAILED', line: 2 },
      'nowhere is not defined anywhere',
    ],
    [
      'an import by hand is not in the world',
      `${HEAD}__attribute__((import_module("other"), import_name("f"))) int f(void);\n${SIGNATURE} { return f(); }`,
      { code: 'COMPILE_FAILED' },
      'other',
    ],
  ])("says at the author's line that %s", async (_, source, { code, ...place }, message) => {
    const error = await failureOf(source)
    expect(error).toMatchObject({ code, message: expect.stringContaining(message), data: place })
    if ('line' in place) expect(error).toMatchObject({ data: { file: 'src/plugin.c' } })
  })

  it('keeps the component of the last good build when one fails', async () => {
    const dir = makeClangProject({ 'src/plugin.c': HEAD, 'dist/site.wasm': 'before' })
    await expect(buildIn(dir)).rejects.toMatchObject({ code: 'EXPORT_MISSING' })
    expect(readdirSync(join(dir, 'dist'))).toEqual(['site.wasm'])
    expect(readFileSync(join(dir, 'dist/site.wasm'), 'utf8')).toBe('before')
  })

  it('says what is missing: sources, compilers, a generator', async () => {
    const missing = { code: 'TOOLCHAIN_MISSING' }
    await expect(buildIn(makeFolder(PROJECT))).rejects.toMatchObject(missing)
    const dir = makeClangProject(PROJECT)
    await expect(buildIn(dir, { sources: ['lib'] })).rejects.toMatchObject({ code: 'ENTRY_MISSING' })
    const empty = makeFolder({})
    vi.stubEnv('PATH', empty)
    vi.stubEnv('WASI_SDK_PATH', undefined)
    await expect(buildIn(dir, { toolchain: 'system' })).rejects.toMatchObject({
      ...missing,
      message: expect.stringContaining('clang is not in PATH'),
    })
    vi.stubEnv('WASI_SDK_PATH', empty)
    await expect(buildIn(dir, { toolchain: 'system' })).rejects.toMatchObject({
      ...missing,
      hint: expect.stringContaining('WASI_SDK_PATH'),
    })
    await expect(buildIn(dir, { bindings: 'system' })).rejects.toMatchObject({
      ...missing,
      hint: expect.stringContaining('cargo install wit-bindgen-cli'),
    })
  })
})
