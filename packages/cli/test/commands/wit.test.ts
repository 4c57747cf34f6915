import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { loadWorld } from '@wasm-plugin/sdk'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { attack } from '../../../registry/test/helpers/attack.js'
import { pluginWith } from '../../../registry/test/helpers/plugins.js'
import { at, done, resultOf } from '../helpers/cached-cli.js'
import { type CliWorld, runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const PLACE = ['--registry', './plugins']
const TYPES = 'package acme:types@1.0.0;\n/// Words.\ninterface words { type word = string; }\n'
const site = (version: string, more = '') => `package acme:site@${version};
interface render {
  use acme:types/words@1.0.0.{word};
  /// Says it.
  render: func(one: word) -> word;
  ${more}
}
world renderer { import wasi:clocks/wall-clock@0.2.6; export render; }
`

/** An application that has `acme:types@1.0.0` and `acme:site@0.2.0` in the folder `plugins`, published in this order. */
async function shop(...more: string[]): Promise<string> {
  const cwd = tempDir()
  await done(['registry', 'add', 'acme', './plugins'], { cwd })
  await publish(cwd, TYPES, ...more)
  await publish(cwd, site('0.2.0'), ...more)
  return cwd
}

/** Publishes a text with what it uses beside it, as an author has it. */
async function publish(cwd: string, text: string, ...more: string[]) {
  rmSync(path.join(cwd, 'own'), { recursive: true, force: true })
  write(cwd, 'own/package.wit', text)
  if (!text.startsWith('package acme:types')) write(cwd, 'own/deps/acme-types/package.wit', TYPES)
  return await resultOf(['wit', 'publish', 'own', ...more], { cwd })
}

function write(cwd: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
  writeFileSync(path.join(cwd, file), text)
}

const read = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8')
const lockOf = (cwd: string) => JSON.parse(read(cwd, 'wasm-plugin.lock'))

async function codeOf(argv: readonly string[], world: CliWorld): Promise<string | undefined> {
  return (await runJson(argv, at(world))).document.error?.code
}

describe('a WIT package', () => {
  it('is published once under its own name, and never changes', async () => {
    const cwd = tempDir()
    write(cwd, 'wit/package.wit', TYPES)
    const dry = await resultOf(['wit', 'publish', ...PLACE, '--dry-run'], { cwd })
    expect(dry).toMatchObject({ name: 'acme:types', version: '1.0.0', state: 'dry-run' })
    expect(existsSync(path.join(cwd, 'plugins'))).toBe(false)
    expect(await done(['wit', 'publish', ...PLACE], { cwd })).toContain('Published acme:types@1.0.0')
    expect(await resultOf(['wit', 'publish', 'wit', ...PLACE], { cwd })).toMatchObject({
      ...{ state: 'exists', manifest: dry.manifest },
    })
    write(cwd, 'wit/package.wit', TYPES.replace('Words.', 'Letters.'))
    expect(await codeOf(['wit', 'publish', ...PLACE], { cwd })).toBe('VERSION_EXISTS')
  })

  it('has one layer and a config that says what it exports, as the tools of components read it', async () => {
    const cwd = await shop()
    const { manifest } = await publish(cwd, site('0.2.0'))
    const blob = (digest: string) =>
      JSON.parse(read(cwd, 'plugins/acme/site/blobs/sha256', digest.slice('sha256:'.length)))
    const { config, layers, annotations } = blob(manifest)
    expect(layers).toMatchObject([{ mediaType: 'application/wasm' }])
    expect(annotations).toEqual({ 'org.opencontainers.image.version': '0.2.0' })
    expect(config.mediaType).toBe('application/vnd.wasm.config.v0+json')
    const exports = ['acme:site/render@0.2.0', 'acme:site/renderer@0.2.0']
    expect(blob(config.digest)).toMatchObject({
      ...{ architecture: 'wasm', os: 'wasip2', layerDigests: [layers[0].digest] },
      component: { imports: [], exports },
    })
  })

  it.each([
    ['has no version', 'package acme:site;\ninterface i { f: func(); }'],
    [
      'uses one without a version',
      'package acme:site@1.0.0;\ninterface i { use a:b/c.{t}; f: func() -> t; }',
    ],
  ])('that %s is not published', async (_, text) => {
    const cwd = tempDir()
    write(cwd, 'wit/package.wit', text)
    write(cwd, 'wit/deps/b/package.wit', 'package a:b;\ninterface c { type t = u8; }')
    expect(await codeOf(['wit', 'publish', ...PLACE], { cwd })).toBe('WIT_PACKAGE_INVALID')
  })

  it('is fetched with what it uses, locked, and stays as it is until it is asked for again', async () => {
    const cwd = await shop()
    const fetched = await resultOf(['wit', 'fetch', 'acme:site@^0.2'], { cwd })
    expect(fetched).toMatchObject({
      folder: 'wit/deps',
      packages: [
        { id: 'acme:site@0.2.0', requirement: '^0.2', state: 'added', signer: null },
        { id: 'acme:types@1.0.0', requirement: null, state: 'added' },
      ],
    })
    expect(read(cwd, 'wit/deps/acme-site@0.2.0/package.wit')).toContain('/// Says it.')
    expect(readdirSync(path.join(cwd, 'wit/deps')).filter((name) => !name.startsWith('.'))).toEqual([
      ...['acme-site@0.2.0', 'acme-types@1.0.0', 'wasi-clocks@0.2.6', 'wasi-io@0.2.6'],
    ])
    write(cwd, 'wit/world.wit', 'package my:app@1.0.0;\nworld app { export acme:site/render@0.2.0; }')
    expect([...(await loadWorld({ wit: path.join(cwd, 'wit') })).exports.keys()]).toEqual([
      'acme:site/render@0.2.0',
    ])

    await publish(cwd, site('0.2.1', 'more: func();'))
    const locked = read(cwd, 'wasm-plugin.lock')
    expect(await done(['wit', 'fetch'], { cwd })).toContain('Unchanged acme:site@0.2.0')
    expect(read(cwd, 'wasm-plugin.lock')).toBe(locked)
    write(cwd, 'wit/world.wit', 'package my:app@1.0.0;\nworld app { export acme:site/render@0.2.1; }')
    const dry = await resultOf(['wit', 'fetch', 'acme:site@^0.2', '--dry-run'], { cwd })
    expect(dry).toMatchObject({ packages: [{ id: 'acme:site@0.2.1' }, {}], dropped: ['acme:site@0.2.0'] })
    expect(read(cwd, 'wasm-plugin.lock')).toBe(locked)
    expect(await done(['wit', 'fetch', 'acme:site@^0.2'], { cwd })).toContain('Dropped acme:site@0.2.0')
    expect(existsSync(path.join(cwd, 'wit/deps/acme-site@0.2.0'))).toBe(false)
    expect(Object.keys(lockOf(cwd).wit)).toEqual(['acme:site@0.2.1', 'acme:types@1.0.0'])
  })

  it.each(['./elsewhere', '127.0.0.1:1'])(
    'is fetched from --registry with what it uses, if %s has not got that',
    async (place) => {
      const cwd = await shop()
      await done(['registry', 'add', 'acme', place], { cwd })
      expect(await codeOf(['wit', 'fetch', 'acme:site@^0.2'], { cwd })).toBeDefined()
      const fetched = await resultOf(['wit', 'fetch', 'acme:site@^0.2', ...PLACE], { cwd })
      expect(fetched).toMatchObject({
        packages: [
          { id: 'acme:site@0.2.0', registry: 'dir:plugins' },
          { id: 'acme:types@1.0.0', registry: 'dir:plugins' },
        ],
      })
      // What is nowhere fails as it does without the option.
      rmSync(path.join(cwd, 'plugins/acme/types'), { recursive: true })
      rmSync(path.join(cwd, 'wasm-plugin.lock'))
      const { document } = await runJson(['wit', 'fetch', 'acme:site@^0.2', ...PLACE], at({ cwd }))
      expect(document.error?.message).toContain(place.replace('./', ''))
    },
  )

  it('is not locked where its files cannot be written', async () => {
    const cwd = await shop()
    write(cwd, 'wit/deps/acme-types@1.0.0/package.wit', '// my own\n')
    expect(await codeOf(['wit', 'fetch', 'acme:site@^0.2'], { cwd })).toBe('FILES_IN_THE_WAY')
    expect(existsSync(path.join(cwd, 'wasm-plugin.lock'))).toBe(false)
    await done(['wit', 'fetch', 'acme:site@^0.2', '--force'], { cwd })
    expect(Object.keys(lockOf(cwd).wit)).toEqual(['acme:site@0.2.0', 'acme:types@1.0.0'])
  })

  it('says who has the folder that it waits for', async () => {
    const cwd = tempDir()
    write(cwd, 'own/package.wit', TYPES)
    write(cwd, 'plugins/acme/types/.wasm-plugin/lock', JSON.stringify({ pid: process.pid, host: hostname() }))
    let now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 5_000))
    onTestFinished(() => clock.mockRestore())
    const { stderr } = await runCli(['wit', 'publish', 'own', ...PLACE], at({ cwd }))
    const lines = stderr.split('\n').filter((line) => line.includes('Waiting'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`for process ${process.pid}, which has `)
    expect(stderr).toContain('FOLDER_BUSY')
  })

  it('is fetched because the WIT of the project names it, and leaves plugins in the lock file alone', async () => {
    const cwd = await shop()
    writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith())
    await done(['publish', 'insights.wasm'], { cwd })
    await done(['install', 'acme:insights'], { cwd })
    write(cwd, 'wit/world.wit', 'package my:app@1.0.0;\nworld app { include acme:site/renderer@0.2.0; }')
    await done(['wit', 'fetch'], { cwd })
    const { wit, plugins } = lockOf(cwd)
    expect([...Object.keys(wit), ...Object.keys(plugins)]).toEqual([
      ...['acme:site@0.2.0', 'acme:types@1.0.0', 'acme:insights'],
    ])
    write(cwd, 'wit/world.wit', 'package my:app@1.0.0;\nworld app { }')
    write(cwd, 'wit/deps/acme-types@1.0.0/own.txt', 'kept')
    await done(['wit', 'fetch'], { cwd })
    expect(lockOf(cwd)).toEqual({ lockVersion: 1, plugins })
    // Somebody else's file stays, and nothing of ours.
    expect(readdirSync(path.join(cwd, 'wit/deps'), { recursive: true }).sort()).toEqual([
      ...['.wasm-plugin-generated.json', 'acme-types@1.0.0', 'acme-types@1.0.0/own.txt'],
    ])
    expect(await done(['wit', 'fetch'], { cwd })).toContain('names no packages')
  })

  it('is taken from the lock file and the cache alone where that is asked for', async () => {
    const cwd = await shop()
    for (const [option, code] of [
      ['--frozen', 'LOCK_FROZEN'],
      ['--offline', 'OFFLINE'],
    ] as const) {
      const { document } = await runJson(['wit', 'fetch', 'acme:site', option], at({ cwd }))
      expect(document.error).toMatchObject({
        code,
        hint: expect.stringMatching(/^Run `wasm-plugin wit fetch` /),
      })
    }
    await done(['wit', 'fetch', 'acme:site@^0.2'], { cwd })
    for (const option of ['--frozen', '--offline']) {
      expect(await done(['wit', 'fetch', option], { cwd })).toContain('Unchanged acme:types@1.0.0')
    }
    await cp(path.join(cwd, 'plugins'), path.join(cwd, 'moved'), { recursive: true })
    await done(['registry', 'add', 'acme', './moved'], { cwd })
    expect(await codeOf(['wit', 'fetch', 'acme:site@^0.2'], { cwd })).toBe('CONSENT_REQUIRED')
    expect(await done(['wit', 'fetch', 'acme:site@^0.2', '--yes'], { cwd })).toContain(
      'would now from dir:moved',
    )
  })

  it('is a contract wherever one is named', async () => {
    const cwd = await shop()
    const made = await resultOf(['new', 'hello', '--lang', 'rust', '--wit', 'acme:site@0.2'], { cwd })
    expect(made.world).toBe('acme:site/renderer@0.2.0')
    expect(read(cwd, 'hello/wit/package.wit')).toContain('package acme:site@0.2.0;')
    expect((await loadWorld({ wit: path.join(cwd, 'hello/wit') })).id).toBe('acme:site/renderer@0.2.0')
    expect(await done(['types', '--wit', 'acme:site@^0.2'], { cwd })).toContain('acme:site/render@0.2.0')
    expect(existsSync(path.join(cwd, 'wasm-plugin.lock'))).toBe(false)
    writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith())
    await done(['publish', 'insights.wasm'], { cwd })
    expect(await codeOf(['install', 'acme:insights', '--host', 'acme:site@0.2'], { cwd })).toBe(
      'VERSION_NOT_FOUND',
    )
    const validated = await runJson(['validate', 'insights.wasm', '--wit', 'acme:site'], at({ cwd }))
    expect(validated).toMatchObject({ exitCode: 1, document: { result: { fits: false } } })
    expect(await codeOf(['types', '--wit', 'acme:nothing@0.2'], { cwd })).toBe('VERSION_NOT_FOUND')
  })

  it('counts by the signature that rules ask for, when it is fetched and ever after', async () => {
    const cwd = await shop()
    await done(['keygen', 'acme'], { cwd })
    const trust = (more: object = {}) =>
      writeFileSync(
        path.join(cwd, 'wasm-plugin.trust.json'),
        JSON.stringify({
          version: 1,
          rules: [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }],
          ...more,
        }),
      )
    trust()
    expect(await codeOf(['wit', 'fetch', 'acme:site'], { cwd })).toBe('SIGNATURE_MISSING')
    await publish(cwd, site('0.2.0'), '--key', 'acme.key')
    expect(await codeOf(['wit', 'fetch', 'acme:site'], { cwd })).toBe('SIGNATURE_MISSING')
    await publish(cwd, TYPES, '--key', 'acme.key')
    const { packages } = await resultOf(['wit', 'fetch', 'acme:site'], { cwd })
    expect(packages).toMatchObject([{ signer: { kind: 'key' } }, { signer: { kind: 'key' } }])
    await done(['wit', 'fetch', '--frozen'], { cwd })
    trust({ retiredKeys: [packages[0].signer.id] })
    expect(await codeOf(['wit', 'fetch', '--frozen'], { cwd })).toBe('SIGNER_UNTRUSTED')
    trust({ denied: [packages[1].manifest] })
    expect(await codeOf(['wit', 'fetch', '--frozen'], { cwd })).toBe('DIGEST_DENIED')
  })

  attack(
    'G102',
    'is called back by its publisher, as a contract in the lock file and the cache of an application',
    'fetching it again refuses it, `verify` says so, and whoever heard of it once hears it without the network too',
    async () => {
      const cwd = await shop()
      await done(['keygen', 'acme'], { cwd })
      const key = ['--key', 'acme.key']
      await publish(cwd, TYPES, ...key)
      await publish(cwd, site('0.2.0'), ...key)
      await done(['wit', 'fetch', 'acme:site@^0.2', '--yes'], { cwd })
      expect(await done(['verify'], { cwd })).toMatch(
        /ok +WIT acme:site 0\.2\.0(.|\n)*ok +WIT acme:types 1\.0\.0/,
      )
      await done(['yank', 'acme:types@1.0.0', '--revoke', '--reason', 'It lies.', ...key], { cwd })
      expect(await done(['wit', 'fetch', '--offline'], { cwd })).toContain('Unchanged acme:types@1.0.0')
      for (const option of ['--frozen', '--yes', '--offline'])
        expect(await codeOf(['wit', 'fetch', option], { cwd }), option).toBe('VERSION_REVOKED')
      const verified = await runJson(['verify'], at({ cwd }))
      expect(verified).toMatchObject({ exitCode: 1, document: { ok: false } })
      expect(verified.document.result.plugins).toMatchObject([
        { kind: 'wit', name: 'acme:site', status: null, error: null },
        { kind: 'wit', name: 'acme:types', status: { status: 'revoked', reason: 'It lies.' } },
      ])
    },
  )

  it('is shown where a newer one of it is there', async () => {
    const cwd = await shop()
    await done(['wit', 'fetch', 'acme:site@^0.2'], { cwd })
    expect(await runJson(['outdated'], at({ cwd }))).toMatchObject({ exitCode: 0 })
    await publish(cwd, site('0.2.1'))
    await publish(cwd, site('0.3.0'))
    const { exitCode, stdout } = await runCli(['outdated'], at({ cwd }))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/WIT acme:site +0\.2\.0 +0\.2\.1 +0\.3\.0/)
    expect(stdout).not.toContain('acme:types')
  })

  it('is no plugin, nor a plugin one', async () => {
    const cwd = await shop()
    expect(await codeOf(['install', 'acme:site', '--yes'], { cwd })).toBe('WIT_PACKAGE')
    writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith())
    await done(['publish', 'insights.wasm'], { cwd })
    expect(await codeOf(['wit', 'fetch', 'acme:insights'], { cwd })).toBe('WIT_PACKAGE_INVALID')
    expect(await codeOf(['wit', 'fetch', 'oci://ghcr.io/acme/site:0.2.0'], { cwd })).toBe(
      'PACKAGE_NAME_INVALID',
    )
    expect(await codeOf(['wit', 'push'], { cwd })).toBe('INVALID_ARGUMENT')
    expect(await codeOf(['wit', 'publish', 'own', 'site'], { cwd })).toBe('TOO_MANY_ARGUMENTS')
  })
})

attack(
  'G62',
  'a registry that gives another WIT package under the name that was asked for',
  'it is refused as what it is',
  async () => {
    const cwd = await shop()
    await publish(cwd, site('0.3.0').replaceAll('acme:site', 'acme:other'))
    await cp(path.join(cwd, 'plugins/acme/other'), path.join(cwd, 'plugins/acme/page'), { recursive: true })
    expect(await codeOf(['wit', 'fetch', 'acme:page'], { cwd })).toBe('WIT_PACKAGE_INVALID')
    expect(existsSync(path.join(cwd, 'wasm-plugin.lock'))).toBe(false)
    expect(existsSync(path.join(cwd, 'wit'))).toBe(false)
  },
)

attack(
  'G63',
  'a project whose `wit/deps`, or a folder in it, is a link to somewhere else, for whoever fetches WIT in it',
  'nothing is written outside of the project',
  async () => {
    const cwd = await shop()
    const outside = tempDir()
    for (const place of ['wit/deps', 'wit2/deps/acme-site@0.2.0']) {
      mkdirSync(path.dirname(path.join(cwd, place)), { recursive: true })
      symlinkSync(outside, path.join(cwd, place), 'dir')
      const to = place.split('/')[0] ?? ''
      expect(await codeOf(['wit', 'fetch', 'acme:site', '--to', to], { cwd }), place).toBe(
        'PATH_OUTSIDE_PROJECT',
      )
    }
    expect(await codeOf(['wit', 'fetch', 'acme:site', '--to', '../elsewhere'], { cwd })).toBe(
      'PATH_OUTSIDE_PROJECT',
    )
    expect(readdirSync(outside)).toEqual([])
  },
)

attack(
  'G64',
  'a WIT package whose folder would be that of another one: `acme-site:a` beside `acme:site-a`',
  'each has a folder of its own',
  async () => {
    const cwd = await shop()
    await done(['registry', 'add', 'acme-site', './plugins'], { cwd })
    const one = (name: string) => `package ${name}@1.0.0;\ninterface i { f: func(); }\n`
    for (const name of ['acme:site-a', 'acme-site:a']) await publish(cwd, one(name))
    await done(['wit', 'fetch', 'acme:site-a', 'acme-site:a', '--yes'], { cwd })
    expect(read(cwd, 'wit/deps/acme-site-a@1.0.0/package.wit')).toContain('package acme:site-a@1.0.0;')
    expect(read(cwd, 'wit/deps/acme-site--a@1.0.0/package.wit')).toContain('package acme-site:a@1.0.0;')
  },
)

attack(
  'G65',
  'a lock file whose WIT packages are changed: other bytes, or a name that is a way out of the folder',
  'it is refused, and nothing is written',
  async () => {
    const cwd = await shop()
    await done(['keygen', 'acme'], { cwd })
    const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }]
    writeFileSync(path.join(cwd, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
    await publish(cwd, TYPES, '--key', 'acme.key')
    await publish(cwd, TYPES.replace('1.0.0', '1.1.0'), '--key', 'acme.key')
    await done(['wit', 'fetch', 'acme:types@1.1.0'], { cwd })
    const other = lockOf(cwd).wit['acme:types@1.1.0']
    await done(['wit', 'fetch', 'acme:types@1.0.0', '--yes'], { cwd })
    const before = lockOf(cwd)
    const change = (id: string, more: object) => {
      const [entry] = Object.values<object>(before.wit)
      const wit = { [id]: { ...entry, ...more } }
      writeFileSync(path.join(cwd, 'wasm-plugin.lock'), JSON.stringify({ ...before, wit }))
    }
    change('acme:types@1.0.0', { content: other.content, size: other.size })
    expect(await codeOf(['wit', 'fetch'], { cwd })).toBe('SIGNER_UNTRUSTED')
    change('acme:types@1.0.0', { ...other, version: '1.0.0' })
    expect(await codeOf(['wit', 'fetch'], { cwd })).toBe('SIGNER_UNTRUSTED')
    change('acme:types@../../../x', { version: '../../../x' })
    expect(await codeOf(['wit', 'fetch'], { cwd })).toBe('LOCK_INVALID')
  },
)

attack(
  'G66',
  'a package whose text would take the place of a file that somebody wrote in `wit/deps`',
  'the file stays, unless `--force` is given',
  async () => {
    const cwd = await shop()
    write(cwd, 'wit/deps/acme-site@0.2.0/package.wit', 'package acme:site@0.2.0;\n// Mine.\n')
    expect(await codeOf(['wit', 'fetch', 'acme:site'], { cwd })).toBe('FILES_IN_THE_WAY')
    expect(read(cwd, 'wit/deps/acme-site@0.2.0/package.wit')).toContain('// Mine.')
    await done(['wit', 'fetch', 'acme:site', '--force'], { cwd })
    expect(read(cwd, 'wit/deps/acme-site@0.2.0/package.wit')).not.toContain('// Mine.')
  },
)
