import { instantiate } from 'jco:calls'
import { Component } from '@wasm-plugin/runtime'
import { createHost } from '@wasm-plugin/web'
import { compare } from '../compare.mjs'
import { rows } from '../rows.mjs'

const API = 'bench:calls/api'
const imports = { 'bench:calls/host': { add: (a, b) => (a + b) >>> 0, log() {} } }

/** What is asked of each: the rest of the rows differs little from Node. */
const ROWS = ['scalar call', 'string 16 B echo', 'list<record> x1000 echo', 'load 1 MB to first call']

/** Run by `run.mjs`, in the page. */
globalThis.bench = async (options) => {
  const small = await fetched('small')
  const large = await fetched('large')
  const engines = new Map([
    ['ours', await ours(small)],
    ['thread', await thread(small)],
    ['jco', await jco(small)],
  ])
  const results = []
  for (const row of rows({ '1 MB': large }))
    if (ROWS.includes(row.name) && row.name.includes(options.only))
      results.push(await compare(row, engines, options))
  return results
}

async function fetched(size) {
  const bytes = async (name) => new Uint8Array(await (await fetch(`/${size}/${name}.wasm`)).arrayBuffer())
  const names = ['component', 'core', 'core2', 'core3']
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bytes(name)])))
}

async function ours({ component }) {
  const load = async (bytes) => (await Component.compile(bytes)).instantiate(imports).exports[API]
  return { ...(await load(component)), load: async (guests) => (await load(guests.component)).add(1, 2) }
}

async function thread({ component }) {
  const host = await createHost({ thread: '/thread.js' })
  let loaded = 0
  const load = (bytes) => host.load(bytes, { name: `calls-${loaded++}`, imports })
  const { exports } = await load(component)
  return {
    isAsync: true,
    ...exports[API],
    load: async (guests) => {
      const plugin = await load(guests.component)
      const sum = await plugin.exports[API].add(1, 2)
      void plugin.close()
      return sum
    },
  }
}

async function jco(guests) {
  const load = async ({ core, core2, core3 }) => {
    const compiled = await Promise.all([core, core2, core3].map((bytes) => WebAssembly.compile(bytes)))
    const names = ['calls.core.wasm', 'calls.core2.wasm', 'calls.core3.wasm']
    return instantiate((name) => compiled[names.indexOf(name)], imports)[API]
  }
  return { ...(await load(guests)), load: async (fresh) => (await load(fresh)).add(1, 2) }
}
