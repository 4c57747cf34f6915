import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { projectJsonSchema, readProject } from '#internal'
import { tempDir } from './helpers/temp-dir.js'

const FILE = fileURLToPath(new URL('../schema/project.v1.json', import.meta.url))

const good = [
  {},
  { language: 'cpp', wit: '../wit', world: 'w', features: ['new'], host: 'app.wit', entry: 'src/x.ts' },
  { engine: 'qjs', sources: ['src', 'vendor/a.c'], include: [], flags: ['-O2'] },
  { toolchain: 'system', bindings: 'packaged' },
]
const bad = [
  'rust',
  { lang: 'rust' },
  { language: 'cobol' },
  { wit: '' },
  { world: 1 },
  { features: 'new' },
  { flags: [''] },
  { engine: 'v8' },
  { sources: ['/src'] },
  { include: ['../include'] },
  { toolchain: 'mine' },
  { bindings: null },
]

describe('the JSON Schema of a project', () => {
  const schema = z.fromJSONSchema(projectJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
  const project = (build: unknown) => ({ manifestVersion: 1, name: 'x', version: '1.0.0', build })

  it.each(good)('takes what a build takes: %j', async (build) => {
    await expect(read(project(build))).resolves.toMatchObject({ build })
    expect(schema.safeParse(project(build))).toMatchObject({ success: true })
  })

  it.each(bad.map((build) => ({ build })))('refuses what a build refuses: $build', async ({ build }) => {
    await expect(read(project(build))).rejects.toMatchObject({ code: 'INVALID_BUILD_SETTING' })
    expect(schema.safeParse(project(build))).toMatchObject({ success: false })
  })

  it('says what every setting is for, to whoever edits the file', () => {
    const { properties } = projectJsonSchema() as {
      properties: { build: { properties: Record<string, { description?: string }> } }
    }
    const settings = Object.entries(properties.build.properties)
    expect(settings.length).toBeGreaterThan(10)
    for (const [name, { description }] of settings) expect(description, name).toMatch(/\w.*\.$/)
  })

  it('is published as it is; after a change, write it with `vitest run -u`', async () => {
    await expect(`${JSON.stringify(projectJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(FILE)
  })
})

async function read(project: object) {
  const dir = tempDir()
  writeFileSync(path.join(dir, 'wasm-plugin.json'), JSON.stringify(project))
  return readProject(dir)
}
