// Loads a plugin as test runners do it, in a context of `node:vm` with modules of its own: on Node 20 such a context has no
// `Symbol.dispose`. Run with `--experimental-vm-modules <host> <component>`; prints what the plugin answers.
import { readFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

const [host, component] = process.argv.slice(2)
const context = vm.createContext({})
for (const name of Object.getOwnPropertyNames(globalThis))
  if (!vm.runInContext(`Object.hasOwn(globalThis, ${JSON.stringify(name)})`, context))
    Object.defineProperty(context, name, Object.getOwnPropertyDescriptor(globalThis, name))
// That of a context is the inspector's alone.
context.console = console

const modules = new Map()

/** Modules of others are shared with the process, as Node's own are. */
async function load(specifier, from) {
  const isOurs = /^(?:\.|file:|@wasm-plugin\/)/.test(specifier)
  const url = isOurs ? resolve(specifier, from) : sharedOf(specifier, from)
  if (!modules.has(url)) modules.set(url, isOurs ? file(url) : shared(url))
  return await modules.get(url)
}

function sharedOf(specifier, from) {
  return isBuiltin(specifier) ? specifier : pathToFileURL(createRequire(from).resolve(specifier)).href
}

async function shared(name) {
  const module = await import(name)
  // Of a CommonJS module, `import` alone does not see every name.
  const exports = { ...module.default, ...module }
  const names = Object.keys(exports)
  return new vm.SyntheticModule(
    names,
    function () {
      for (const name of names) this.setExport(name, exports[name])
    },
    { context, identifier: name },
  )
}

async function file(url) {
  return new vm.SourceTextModule(await readFile(new URL(url), 'utf8'), {
    context,
    identifier: url,
    initializeImportMeta(meta) {
      meta.url = url
      meta.resolve = (specifier) => resolve(specifier, url)
    },
    importModuleDynamically: (specifier, { identifier }) => evaluated(specifier, identifier),
  })
}

function resolve(specifier, from) {
  return /^(?:\.|file:)/.test(specifier)
    ? new URL(specifier, from).href
    : pathToFileURL(esmOf(specifier, from)).href
}

/** As `import` finds it: `import.meta.resolve` of another module cannot be asked without a flag. */
function esmOf(specifier, from) {
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(specifier)
  const paths = createRequire(from).resolve.paths(name)
  for (const path of paths)
    try {
      const { exports = {}, module, main } = createRequire(from)(`${path}/${name}/package.json`)
      const entry = exports[`.${rest}`] ?? module ?? main
      return `${path}/${name}/${targetOf(entry)}`
    } catch {}
  throw new Error(`${specifier} of ${from}`)
}

function targetOf(entry) {
  if (typeof entry === 'string') return entry
  return targetOf(entry.import ?? entry.node ?? entry.default)
}

async function evaluated(specifier, from) {
  const module = await load(specifier, from)
  if (module.status === 'unlinked')
    await module.link((specifier, { identifier }) => load(specifier, identifier))
  await module.evaluate()
  return module
}

const main = new vm.SourceTextModule(
  `import { createHost } from ${JSON.stringify(host)}
  const host = await createHost()
  const answers = [typeof Symbol.dispose]
  for (const isolation of ['worker', 'inline']) {
    const plugin = await host.load(${JSON.stringify(component)}, { isolation, name: isolation })
    answers.push(await plugin.call('add', [1, 2]))
    const item = new (plugin.exports.Item)()
    if (isolation === 'inline') item[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
    else await item[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]()
    answers.push(await plugin.call('dropped'))
  }
  await host.close()
  console.log(JSON.stringify(answers))`,
  { context, identifier: import.meta.url },
)
await main.link((specifier, { identifier }) => load(specifier, identifier))
await main.evaluate()
