import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import {
  type ConfigOptions,
  createRegistry,
  credentialsFor,
  loadConfig,
  locate,
  login,
  logout,
  openRepository,
  parseTarget,
} from '@wasm-plugin/registry'
import { describe, expect, it, onTestFinished } from 'vitest'
import { artifactOf, noise, push } from './helpers/artifacts.js'
import { attack } from './helpers/attack.js'
import { withPasswords } from './helpers/docker-auth.js'
import { hasDockerRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'

interface Files {
  readonly user?: string
  readonly project?: string
  readonly docker?: unknown
}

/** A home and a project with such files, and nothing of the machine. */
async function machine({ user, project, docker }: Files = {}) {
  const folder = testFolder()
  const [home, cwd, bin] = ['home', 'project', 'bin'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ]
  const config = path.join(home, '.config/wasm-pkg')
  for (const each of [cwd, config, bin, path.join(home, '.docker')]) await mkdir(each, { recursive: true })
  if (user !== undefined) await writeFile(path.join(config, 'config.toml'), user)
  if (project !== undefined) await writeFile(path.join(cwd, 'wasm-plugin.registries.toml'), project)
  const dockerFile = path.join(home, '.docker/config.json')
  if (docker !== undefined)
    await writeFile(dockerFile, typeof docker === 'string' ? docker : JSON.stringify(docker))
  const env: Record<string, string> = { PATH: `${bin}:${path.dirname(process.execPath)}:/usr/bin:/bin` }
  const options: ConfigOptions = { home, cwd, env, platform: 'linux' }
  return { options, env, home, cwd, bin, dockerFile }
}

const render = { namespace: 'acme', name: 'render' }
const find = async (options: ConfigOptions, name = render) => await locate(name, await loadConfig(options))
const INLINE =
  'metadata = { preferredProtocol = "oci", oci = { registry = "ghcr.io", namespacePrefix = "pkg/" } }'

describe('where a package is', () => {
  it('is what the application says, before the project, before the user', async () => {
    const files = {
      user: 'default_registry = "user.test/u"\n[namespace_registries]\nacme = "user.test/ns"\nbeta = "user.test/ns"',
      project: '[namespace_registries]\nacme = "project.test/ns"\nlocal = "dir:./plugins"',
    }
    const { options, cwd } = await machine(files)
    expect(await find(options)).toEqual({ registry: 'project.test', path: 'ns/acme/render' })
    expect(await find(options, { namespace: 'beta', name: 'x' })).toEqual({
      registry: 'user.test',
      path: 'ns/beta/x',
    })
    expect(await find(options, { namespace: 'local', name: 'x' })).toEqual({
      folder: path.join(cwd, 'plugins'),
      path: 'local/x',
    })
    expect(await find(options, { namespace: 'other', name: 'x' })).toMatchObject({ path: 'u/other/x' })
    const registries = { acme: 'app.test/a', 'acme:special': './here', '*': 'all.test/z' }
    expect(await find({ ...options, registries })).toEqual({ registry: 'app.test', path: 'a/acme/render' })
    expect(await find({ ...options, registries }, { namespace: 'acme', name: 'special' })).toEqual({
      folder: path.join(cwd, 'here'),
      path: 'acme/special',
    })
    expect(await find({ ...options, registries }, { namespace: 'none', name: 'x' })).toMatchObject({
      registry: 'all.test',
    })
  })

  it('is never a public registry that nobody has named', async () => {
    const { options } = await machine()
    for (const namespace of ['acme', 'wasi', 'ba'])
      await expect(find(options, { namespace, name: 'http' })).rejects.toMatchObject({
        code: 'NAMESPACE_NOT_MAPPED',
        hint: expect.stringContaining(`registry add ${namespace}`),
      })
  })

  it('is what a file of wkg says, as wkg reads it', async () => {
    const { options, env } = await machine({
      user: `[namespace_registries]
acme = { registry = "127.0.0.1:5128", ${INLINE} }
[package_registry_overrides]
"acme:other" = "example.com/x"
[registry."127.0.0.1:5128".oci]
protocol = "http"
auth = "YWRhOnMzY3JldA=="`,
    })
    expect(await find(options)).toEqual({ registry: 'ghcr.io', path: 'pkg/acme/render' })
    expect(await find(options, { namespace: 'acme', name: 'other' })).toMatchObject({
      registry: 'example.com',
    })
    const config = await loadConfig(options)
    expect(await credentialsFor('127.0.0.1:5128', config)).toEqual({
      kind: 'password',
      username: 'ada',
      password: 's3cret',
    })
    env.WKG_REGISTRY = 'env.test/e'
    expect(await find(options)).toEqual({ registry: 'env.test', path: 'e/acme/render' })
    delete env.WKG_REGISTRY
    env.WKG_CONFIG_FILE = path.join(testFolder(), 'none.toml')
    await expect(find(options)).rejects.toMatchObject({ code: 'NAMESPACE_NOT_MAPPED' })
  })

  it('is what the registry says of itself', async () => {
    const { options } = await machine()
    const state = { status: 200, text: '{"preferredProtocol":"oci","oci":{"namespacePrefix":"pkg/"}}' }
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`)
      response.writeHead(state.status, { location: '/elsewhere' }).end(state.text)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const mapped = { ...options, registries: { acme: registry } }
    expect(await find(mapped)).toEqual({ registry, path: 'pkg/acme/render' })
    expect(seen).toEqual(['/.well-known/wasm-pkg/registry.json undefined'])
    state.text = '{"ociRegistry":"ghcr.io","ociNamespacePrefix":"old/"}'
    expect(await find(mapped)).toEqual({ registry: 'ghcr.io', path: 'old/acme/render' })
    for (const [status, text] of [
      [404, ''],
      [302, ''],
      [200, '<html>'],
      [200, '[]'],
      [200, `{"a":"${'a'.repeat(70_000)}"}`],
    ] as const) {
      Object.assign(state, { status, text })
      expect(await find(mapped)).toEqual({ registry, path: 'acme/render' })
    }
    for (const text of [
      '{"oci":{"registry":"evil.test/x"}}',
      '{"oci":{"namespacePrefix":"../"}}',
      '{"preferredProtocol":"warg"}',
      '{"oci":7}',
    ]) {
      Object.assign(state, { status: 200, text })
      await expect(find(mapped)).rejects.toMatchObject({
        code: expect.stringMatching(/^REGISTRY_(CONFIG|NAME)_INVALID$/),
      })
    }
  })

  it('is refused where it is no place', async () => {
    for (const text of [
      '',
      'HTTPS://x',
      'https://ghcr.io',
      'ghcr.io/',
      'ghcr.io/../x',
      'a b',
      'user@host',
      'ghcr.io:x',
      'dir:',
      'ghcr.io/UP',
    ])
      expect(() => parseTarget(text, '/')).toThrow(expect.objectContaining({ code: 'REGISTRY_NAME_INVALID' }))
    const { options } = await machine()
    await expect(loadConfig({ ...options, registries: { 'Not A Name': 'x.test' } })).rejects.toMatchObject({
      code: 'REGISTRY_CONFIG_INVALID',
    })
    for (const project of [
      '= 7',
      '[namespace_registries]\nacme = 7',
      '[namespace_registries]\nacme = "https://x"',
    ]) {
      const { options } = await machine({ project })
      await expect(loadConfig(options)).rejects.toMatchObject({ code: 'REGISTRY_CONFIG_INVALID' })
    }
  })

  attack(
    'G1',
    'a project that is checked out says that a public registry is spoken to without TLS, or as whom',
    'its file may say where packages are, and is refused with anything else',
    async () => {
      for (const lines of ['protocol = "http"', 'auth = "YTpi"', 'extra_root_certificates = []']) {
        const { options } = await machine({ project: `[registry."ghcr.io".oci]\n${lines}` })
        await expect(loadConfig(options)).rejects.toMatchObject({ code: 'REGISTRY_CONFIG_INVALID' })
      }
    },
  )

  attack(
    'G2',
    'a registry says of itself that its packages are on the machine of whoever asks',
    'it is refused: a name out there does not lead to what listens here',
    async () => {
      const { options } = await machine({
        user: `[namespace_registries]
acme = { registry = "example.com", metadata = { oci = { registry = "127.0.0.1:6379" } } }`,
      })
      await expect(find(options)).rejects.toMatchObject({ code: 'REGISTRY_CONFIG_INVALID' })
    },
  )
})

describe('who somebody is', () => {
  const auth = Buffer.from('ada:s3cret').toString('base64')
  const who = async (options: ConfigOptions, registry: string) =>
    await credentialsFor(registry, await loadConfig(options))
  const ada = { kind: 'password', username: 'ada', password: 's3cret' }

  it('is what docker keeps for exactly this registry', async () => {
    const { options } = await machine({
      docker: {
        auths: {
          'ghcr.io': { auth },
          'https://quay.test/v1/': { auth },
          'https://index.docker.io/v1/': { auth },
          'id.test': { identitytoken: 'lasting', auth },
          'empty.test': {},
          'notghcr.io.evil.test': { auth: Buffer.from('no:no').toString('base64') },
        },
      },
    })
    for (const registry of ['ghcr.io', 'quay.test', 'docker.io'])
      expect(await who(options, registry)).toEqual(ada)
    expect(await who(options, 'id.test')).toEqual({ kind: 'identity', token: 'lasting' })
    for (const registry of ['empty.test', 'hcr.io', 'ghcr.io:443', 'ghcr.io.evil.test', 'evil.test'])
      expect(await who(options, registry)).toBeUndefined()
  })

  it('is a token of the environment first', async () => {
    const { options, env } = await machine({ docker: { auths: { 'ghcr.io': { auth } } } })
    env.WKG_REGISTRY_GHCR_IO_AUTH_BEARER = 'abc'
    expect(await who(options, 'ghcr.io')).toEqual({ kind: 'bearer', token: 'abc' })
  })

  /** A helper as they are written: a program of that name, here a script that keeps one file. */
  async function helper(bin: string, name: string, code: string) {
    const file = path.join(bin, `docker-credential-${name}`)
    await writeFile(file, `#!${process.execPath}\n${code}`)
    await chmod(file, 0o755)
  }
  const KEEPER = (file: string) => `const fs = require('fs'), file = ${JSON.stringify(file)}
const all = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)) : {}
const input = fs.readFileSync(0, 'utf8').trim(), [verb] = process.argv.slice(2)
if (verb === 'get' && !all[input]) { console.log('credentials not found in native keychain'); process.exit(1) }
if (verb === 'get') console.log(JSON.stringify(all[input]))
if (verb === 'store') all[JSON.parse(input).ServerURL] = JSON.parse(input)
if (verb === 'erase') delete all[input]
fs.writeFileSync(file, JSON.stringify(all))`

  it('is what a helper keeps', async () => {
    const { options, bin } = await machine({
      docker: { credsStore: 'keeper', credHelpers: { 'id.test': 'token' } },
    })
    const file = path.join(testFolder(), 'kept.json')
    await writeFile(file, JSON.stringify({ 'ghcr.io': { Username: 'ada', Secret: 's3cret' } }))
    await helper(bin, 'keeper', KEEPER(file))
    await helper(bin, 'token', `console.log(JSON.stringify({ Username: '<token>', Secret: 'lasting' }))`)
    expect(await who(options, 'ghcr.io')).toEqual(ada)
    expect(await who(options, 'other.test')).toBeUndefined()
    expect(await who(options, 'id.test')).toEqual({ kind: 'identity', token: 'lasting' })
  })

  it('is an error without secrets when the helper is broken, missing or too talkative', async () => {
    for (const code of [
      `console.log('s3cret'); process.exit(3)`,
      `console.log('{"Secret":"s3cret"')`,
      `for (;;) require('fs').writeSync(1, 's3cret'.repeat(1000))`,
    ]) {
      const { options, bin } = await machine({ docker: { credsStore: 'broken' } })
      await helper(bin, 'broken', code)
      const error = await who(options, 'ghcr.io').catch((error) => error)
      expect(error).toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' })
      expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('s3cret')
    }
    const { options } = await machine({ docker: { credsStore: 'missing' } })
    await expect(who(options, 'ghcr.io')).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' })
    const broken = await machine({ docker: '{"auths":{"ghcr.io":{"auth":"s3cret"' })
    const error = await who(broken.options, 'ghcr.io').catch((error) => error)
    expect(error).toMatchObject({ code: 'REGISTRY_CONFIG_INVALID' })
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('s3cret')
  })

  attack(
    'G3',
    'a configuration names a helper of credentials that is a path, an option or a line of a shell',
    'a helper is a program of one exact name, started without a shell; other names are refused',
    async () => {
      const proof = path.join(testFolder(), 'proof')
      for (const name of [
        `x;touch ${proof}`,
        `$(touch ${proof})`,
        '../../bin/sh',
        '-x',
        'a b',
        `x\n${proof}`,
      ]) {
        const { options } = await machine({ docker: { credsStore: name } })
        await expect(who(options, 'ghcr.io')).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' })
      }
      await expect(stat(proof)).rejects.toMatchObject({ code: 'ENOENT' })
    },
  )

  it.skipIf(!hasDockerRegistry)('is kept by a log-in that the registry takes, and forgotten', async () => {
    await using server = await startDockerRegistry(withPasswords)
    const { registry } = server
    const { options, dockerFile, home } = await machine({
      docker: { auths: { 'ghcr.io': { auth } }, other: 7 },
    })
    const config = await loadConfig({ ...options, registries: { acme: `${registry}/x` } })
    await expect(login(registry, { username: 'ada', password: 'wr0ng' }, config)).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
    })
    await login(registry, { username: 'ada', password: 's3cret' }, config)
    expect((await stat(dockerFile)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(dockerFile, 'utf8'))).toEqual({
      auths: { 'ghcr.io': { auth }, [registry]: { auth } },
      other: 7,
    })
    const repository = await openRepository(await locate(render, config), { config })
    await push(repository, artifactOf(noise(10)), '1.0.0')
    await logout(registry, config)
    expect(JSON.parse(await readFile(dockerFile, 'utf8')).auths).toEqual({ 'ghcr.io': { auth } })
    expect(home).toBeDefined()
  })

  it.skipIf(!hasDockerRegistry)('is kept by the helper where there is one', async () => {
    await using server = await startDockerRegistry(withPasswords)
    const { options, bin, dockerFile } = await machine({ docker: { credsStore: 'keeper' } })
    const file = path.join(testFolder(), 'kept.json')
    await helper(bin, 'keeper', KEEPER(file))
    const config = await loadConfig(options)
    await login(server.registry, { username: 'ada', password: 's3cret' }, config)
    expect(await readFile(dockerFile, 'utf8')).not.toContain(auth)
    expect(await who(options, server.registry)).toEqual(ada)
    await logout(server.registry, config)
    expect(await who(options, server.registry)).toBeUndefined()
  })

  it('keeps the file of docker behind a link where it is, and survives those who log out at once', async () => {
    const { options, dockerFile } = await machine()
    const real = path.join(testFolder(), 'real.json')
    const names = Array.from({ length: 12 }, (_, index) => `r${index}.test`)
    await writeFile(
      real,
      JSON.stringify({ auths: Object.fromEntries([...names, 'stays.test'].map((name) => [name, { auth }])) }),
    )
    await symlink(real, dockerFile)
    const config = await loadConfig(options)
    await Promise.all(names.map((name) => logout(name, config)))
    expect(JSON.parse(await readFile(real, 'utf8'))).toEqual({ auths: { 'stays.test': { auth } } })
    expect(execFileSync('ls', ['-l', dockerFile]).toString()).toContain('->')
  })
})

it.each([
  ['https://ghcr.io/acme/', 'ghcr.io/acme'],
  ['http://127.0.0.1:5000', '127.0.0.1:5000'],
  ['oci://ghcr.io', 'ghcr.io'],
  ['https://ada:secret@ghcr.io', 'ghcr.io'],
])('says of an address in the place of a registry, %s, how that is written', (text, name) => {
  expect(() => parseTarget(text, '.')).toThrow(
    expect.objectContaining({
      code: 'REGISTRY_NAME_INVALID',
      hint: expect.stringContaining(`: \`${name}\`.`),
    }),
  )
})

it('takes the variables of whoever opens it for those of the process', async () => {
  const folder = testFolder()
  const env = { WKG_REGISTRY: 'dir:./elsewhere', XDG_CACHE_HOME: path.join(folder, 'kept') }
  const registry = await createRegistry({ folder, env })
  await registry.publish(pluginWith())
  await registry.install('acme:insights')
  expect((await readdir(folder)).sort()).toEqual(['elsewhere', 'kept', 'wasm-plugin.lock'])
})

it('says of a folder of packages that is not there that it is not', async () => {
  const folder = testFolder()
  const registry = await createRegistry({ folder, registries: { acme: 'dir:pluggins' } })
  for (const ask of [() => registry.search('acme:insights'), () => registry.install('acme:insights')])
    await expect(ask()).rejects.toMatchObject({
      code: 'LAYOUT_MISSING',
      message: expect.stringContaining('there is no folder of packages at'),
    })
})

it.runIf(process.platform === 'linux')('gives up a folder in which none can be made', async () => {
  const registry = await createRegistry({ folder: testFolder(), registries: { acme: 'dir:/proc/plugins' } })
  await expect(registry.publish(pluginWith())).rejects.toMatchObject({ code: 'FOLDER_UNWRITABLE' })
})
