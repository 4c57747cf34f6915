import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { inRoot, plugins } from './paths.mjs'
import { run } from './run.mjs'
import { serveRegistry } from './serve-registry.mjs'

/**
 * Publishes the plugins of the examples into a folder, and from there to a registry where one is installed, tampers with
 * two of them, installs and verifies all, and builds the site of `documents` in `out` with what was installed.
 */
export async function demonstrateRegistry(options) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wasm-plugin-registry-'))
  const server = await serveRegistry()
  try {
    return await publishAndInstall({ folder, server, ...options })
  } finally {
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function publishAndInstall({ folder, server, documents, out, json, say }) {
  const entry = pathToFileURL(inRoot('packages/registry/dist/index.js'))
  const { createRegistry, generateKeys, readPrivateKey } = await import(entry)
  const [ours, theirs] = [generateKeys(), generateKeys()]
  await writeFile(path.join(folder, 'acme.pub'), ours.publicPem)
  const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }]
  await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
  const confirm = ({ name, version, changes }) => {
    for (const { text } of changes) say('Agreed', `${name}@${version}: ${text}`)
    return true
  }
  // A cache of its own: what was downloaded before would not be asked of a registry again.
  const cacheFolder = path.join(folder, 'cache/wasm-plugin')
  const open = (place) => createRegistry({ folder, cacheFolder, registries: { '*': place }, confirm })
  const registry = await open('dir:plugins')

  const published = []
  for (const bytes of await components()) {
    const { name, version, manifest } = await registry.publish(bytes, {
      key: readPrivateKey(ours.privatePem),
    })
    published.push({ name, version, manifest, place: 'folder' })
    say('Published', `${name}@${version} ${manifest}`)
  }

  const source = server === undefined ? registry : await open(server.registry)
  if (server !== undefined) {
    for (const { name, version, manifest } of [...published]) {
      await registry.mirror({ name, version, to: server.registry })
      published.push({ name, version, manifest, place: 'docker-registry' })
    }
    say('Copied', `all of them to docker-registry at ${server.registry}`)
  } else say('Without', 'docker-registry, which is not installed: a folder alone')

  const refused = []
  const refuse = async (name, attempt) => {
    const error = await attempt.then(
      () => undefined,
      (thrown) => thrown,
    )
    if (error?.code === undefined)
      throw error ?? new Error(`${name} was installed after it was tampered with`)
    refused.push({ name, code: error.code })
    say('Refused', `${name}: ${error.message}`)
  }
  await refuse('acme:insights', tampered(folder, open))
  await refuse('acme:greedy', signedByOthers(open, readPrivateKey(theirs.privatePem)))

  const installed = []
  for (const name of new Set(published.map((one) => one.name))) {
    const { plugin } = await source.install(name)
    await source.verify(`${name}@${plugin.version}`)
    installed.push({ name, version: plugin.version, content: plugin.content })
    say('Installed', `${name}@${plugin.version}, verified`)
  }

  const args = [documents, '--registry', folder, '--out', out, ...(json ? ['--json'] : [])]
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache') }
  const site = await run(process.execPath, [inRoot('examples/node-app/dist/main.js'), ...args], { env })
  if (!json) console.log(site)
  return { schema: 1, published, installed, refused }
}

/** Those that were built here: Rust is needed for one of them. */
async function components() {
  const files = plugins.map(({ folder, name }) => inRoot('examples', folder, 'dist', `${name}.wasm`))
  return await Promise.all(files.filter(existsSync).map((file) => readFile(file)))
}

/** A registry in which one byte of a component is another. */
async function tampered(folder, open) {
  await cp(path.join(folder, 'plugins'), path.join(folder, 'tampered'), { recursive: true })
  const blobs = path.join(folder, 'tampered/acme/insights/blobs/sha256')
  const sizes = await Promise.all(
    (await readdir(blobs)).map(async (name) => ({ name, size: (await stat(path.join(blobs, name))).size })),
  )
  const [{ name }] = sizes.sort((a, b) => b.size - a.size)
  const bytes = await readFile(path.join(blobs, name))
  bytes[bytes.length >> 1] ^= 1
  await writeFile(path.join(blobs, name), bytes)
  return await (await open('dir:tampered')).install('acme:insights')
}

/** The same plugin, published by somebody else. */
async function signedByOthers(open, key) {
  const others = await open('dir:others')
  await others.publish(await readFile(inRoot('examples/greedy-plugin/dist/greedy.wasm')), { key })
  return await others.install('acme:greedy')
}
