import { copyFileSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost } from '@wasm-plugin/host'
import { build, collectWit, type Language } from '@wasm-plugin/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { missingToolchain } from '#internal'
import { isWhole } from '../../../test/seed.js'
import { makeClangProject, makeFolder, makeProject } from './support/project.js'
import { makeScriptProject } from './support/script.js'

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** What a page shows of fetching, whose programs are all for one contract. */
function shown(page: string, kind: string): { wit: string; program: string } {
  const [, text = ''] = readFileSync(file(`docs/${page}`), 'utf8').split(/^## Fetching$/m)
  const block = (kind: string) => new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\`$`, 'ms').exec(text)?.[1] ?? ''
  return { wit: block('wit'), program: block(kind) }
}

const tsconfig = () => readFileSync(file('packages/cli/templates/ts/tsconfig.json'), 'utf8')
const scripts = ['esbuild', '@wasm-plugin/starling', 'typescript']

/** Makes a project of what a page shows. */
const languages: Readonly<Record<string, [page: string, kind: string, Project]>> = {
  assemblyscript: ['assemblyscript.md', 'ts assemblyscript reader', of('assembly/index.ts', makeProject)],
  c: ['c.md', 'c', of('src/plugin.c', makeClangProject)],
  cpp: ['c.md', 'cpp', of('src/plugin.cpp', makeClangProject)],
  ts: [
    'javascript.md',
    'ts plugin',
    of('src/index.ts', (files) => makeScriptProject({ ...files, 'tsconfig.json': tsconfig() }, scripts)),
  ],
  rust: ['rust.md', 'rust', crate],
}

type Project = (wit: string, program: string) => Promise<string>

function of(entry: string, make: (files: Record<string, string>) => string): Project {
  return async (wit, program) => make({ 'wit/reader.wit': wit, [entry]: program })
}

/** A crate with the lock file of the host's guests, so that it needs no network where those were built. */
async function crate(wit: string, program: string): Promise<string> {
  vi.stubEnv('CARGO_TARGET_DIR', file('examples/rust-plugin/target'))
  const bare = makeFolder({ 'reader.wit': wit })
  const all = [...(await collectWit(join(bare, 'reader.wit')))].map(([name, text]) => [`wit/${name}`, text])
  const guest = 'packages/host/test/guests/rust'
  const dir = makeFolder({ ...Object.fromEntries(all), 'src/lib.rs': program })
  for (const name of ['Cargo.toml', 'Cargo.lock']) copyFileSync(file(`${guest}/${name}`), join(dir, name))
  return dir
}

/** In CI a missing toolchain is a failure, not a reason to skip. The bindings in C++ take a minute of the compiler. */
const skipped = [
  ...(process.env.CI !== undefined || missingToolchain() === null ? [] : ['rust']),
  ...(isWhole ? [] : ['cpp']),
]

describe('what the pages show of fetching', () => {
  let server: Server
  let origin: string
  const requests: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      if (request.url === '/missing') response.statusCode = 404
      response.end(`größe ${'x'.repeat(100_000)}`)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })
  afterEach(() => void vi.unstubAllEnvs())

  const names = Object.keys(languages).filter((name) => !skipped.includes(name)) as Language[]
  it.each(names)(
    'works in %s under a grant, and is refused without one',
    async (language) => {
      const [page, kind, project] = languages[language]!
      const { wit, program } = shown(page, kind)
      const dir = await project(wit, program)
      const mode = language === 'rust' ? 'release' : 'debug' // the crates are compiled already for a release
      const { path, warnings } = await build({
        dir,
        language,
        mode,
        name: 'reader',
        wit: 'wit',
        world: 'reader',
      })
      expect(warnings.filter((warning) => !warning.includes('unstable feature'))).toEqual([])
      await using host = await createHost()
      const denied: unknown[] = []
      host.on('denied', ({ capability, target }) => denied.push(`${capability} ${target}`))
      const load = async (name: string, net: string[]) =>
        (await host.load<{ read(url: string): Promise<string> }>(path, { name, grants: { net } })).exports
      requests.length = 0

      const granted = await load('granted', [`GET ${origin}/**`])
      expect(await granted.read(`${origin}/page?a=1`)).toBe(`größe ${'x'.repeat(100_000)}`)
      for (const url of [`${origin}/missing`, 'nonsense'])
        await expect(granted.read(url)).rejects.toMatchObject({ payload: expect.stringMatching(/./) })
      expect(requests).toEqual(['GET /page?a=1', 'GET /missing'])

      const bare = await load('bare', [])
      await expect(bare.read(`${origin}/page`)).rejects.toMatchObject({ payload: expect.stringMatching(/./) })
      expect(denied).toEqual([`net ${origin}/page`])
      expect(requests).toHaveLength(2)
    },
    600_000,
  )
})
