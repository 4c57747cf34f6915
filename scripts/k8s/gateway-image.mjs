import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { inRoot, published } from '../lib/paths.mjs'
import { timed } from '../lib/report.mjs'
import { run } from '../lib/run.mjs'
import { unlessDone } from '../lib/stamps.mjs'
import { layoutArchive } from './layout.mjs'

const CONTAINERFILE = inRoot('deploy/Containerfile')
const PNPM = inRoot('.tools/node_modules/.bin/pnpm')
const FOLDER = inRoot('.cache/k8s/gateway')
const FILE = path.join(FOLDER, 'image.tar')
const NAME = 'registry.example/gateway:0.1.0'
const INSTALLED = 'usr/local/lib/node_modules'
const LINKS = { 'usr/local/bin/wasm-plugin': '../lib/node_modules/@wasm-plugin/cli/bin/wasm-plugin.js' }

/**
 * The image that `deploy/Containerfile` makes, without a builder of images: what it begins with is this machine's Node, what it
 * installs are the packages of this repository, and its other instructions are taken as they stand.
 */
export async function buildGatewayImage() {
  const dists = published.map((name) => inRoot('packages', name, 'dist'))
  const inputs = { paths: [CONTAINERFILE, inRoot('scripts/k8s'), ...dists], values: [process.version] }
  await unlessDone('k8s-gateway', { inputs, results: [FILE] }, () =>
    timed('Building', 'the image of the gateway', async () => {
      await rm(FOLDER, { recursive: true, force: true })
      await mkdir(FOLDER, { recursive: true })
      const modules = await installPackages(path.join(FOLDER, 'packages'))
      const files = { ...(await nodeFiles()), [INSTALLED]: modules }
      await layoutArchive(FILE, { name: NAME, files, links: LINKS, config: await configOf(CONTAINERFILE) })
    }),
  )
  return { file: FILE, name: NAME }
}

/** What is asked for with `npm install` is what would be published. */
async function installPackages(folder) {
  await mkdir(folder, { recursive: true })
  const dependencies = {}
  for (const name of published) {
    const cwd = inRoot('packages', name)
    const packed = JSON.parse(await run(PNPM, ['pack', '--json', '--pack-destination', folder], { cwd }))
    dependencies[packed.name] = `file:${packed.filename}`
  }
  const cli = '@wasm-plugin/cli'
  const manifest = { private: true, dependencies: { [cli]: dependencies[cli] }, overrides: dependencies }
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest))
  const quiet = [
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
    '--omit=dev',
    '--omit=optional',
  ]
  await run('npm', ['install', ...quiet], { cwd: folder })
  return path.join(folder, 'node_modules')
}

/** Node, what starts it for a script, and the libraries of both. */
async function nodeFiles() {
  const files = { 'usr/local/bin/node': process.execPath, 'usr/bin/env': '/usr/bin/env' }
  for (const program of Object.values(files)) {
    const libraries = await run('ldd', [program])
    for (const [, library] of libraries.matchAll(/(\/\S+) \(0x/g)) files[library.slice(1)] = library
  }
  return files
}

/** What the instructions say of how it runs. */
async function configOf(file) {
  const instructions = (await readFile(file, 'utf8')).matchAll(/^([A-Z]+) (.*)$/gm)
  const config = { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] }
  for (const [, name, value] of instructions) {
    if (name === 'WORKDIR') config.WorkingDir = value
    else if (name === 'USER') config.User = value
    else if (name === 'ENV') config.Env.push(value)
    else if (name === 'CMD') config.Cmd = JSON.parse(value)
    else if (name === 'EXPOSE')
      config.ExposedPorts = Object.fromEntries(value.split(' ').map((port) => [`${port}/tcp`, {}]))
    else if (!['FROM', 'RUN'].includes(name)) throw new Error(`${file} has ${name}, which this does not know`)
  }
  return config
}
