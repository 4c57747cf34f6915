import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { WIT_DIR } from '../../support/project.js'
import { makeScriptProject } from '../../support/script.js'

const guide = readFileSync(new URL('../../../../../docs/javascript.md', import.meta.url), 'utf8')
const tsconfig = readFileSync(new URL('../../../../cli/templates/ts/tsconfig.json', import.meta.url), 'utf8')
const site = { name: 'guide', wit: `${WIT_DIR}acme-site/v0.1`, world: 'analyzer' } as const
const packages = ['esbuild', 'componentize-qjs', 'typescript']
const makeTyped = (source: string) =>
  makeScriptProject({ 'src/index.ts': source, 'tsconfig.json': tsconfig }, packages)

describe('build of a TypeScript project', () => {
  const source = /```ts plugin\n(.*?)```/s.exec(guide)![1]!

  it('builds what the guide shows', async () => {
    const result = await build({ ...site, dir: makeTyped(source) })
    expect(result).toMatchObject({ language: 'ts', warnings: [] })
    const component = await Component.compile(readFileSync(result.path))
    expect([...component.exports.keys()]).toEqual(['acme:site/analyze@0.1.0'])
  })

  const mistakes: [string, string, Record<string, unknown>, string][] = [
    [
      'a field is misspelt',
      source.replace('doc.path', 'doc.pathh'),
      { code: 'COMPILE_FAILED', data: { file: 'src/index.ts', line: 7 } },
      "Property 'pathh' does not exist on type 'Document'",
    ],
    [
      'a function does not fit the contract',
      source
        .replace(": Exports['analyze']", '')
        .replace('(doc, headings)', '(doc: number, headings: string[])'),
      { code: 'COMPILE_FAILED', data: { file: 'src/index.ts' } },
      'does not exist on type',
    ],
    [
      'the result is not what the contract wants',
      'export const analyze = {\n  analyze(): number {\n    return 1\n  },\n}\n',
      { code: 'EXPORT_MISMATCH', data: { file: 'src/index.ts', line: 1, name: 'analyze.analyze' } },
      'analyze.analyze does not fit the contract',
    ],
  ]
  it.each(mistakes)("says at the author's line that %s", async (_, text, shape, message) => {
    const error = await build({ ...site, dir: makeTyped(text) }).catch((e: unknown) => e)
    expect(error).toMatchObject({ ...shape, message: expect.stringContaining(message) })
  })
})
