import { pathToFileURL } from 'node:url'
import { inRoot } from './paths.mjs'

const entry = (name) => pathToFileURL(inRoot('packages', name, 'dist/index.js')).href

/** Serves the plugins, asks each, has one do what it may not, and ends while a request runs. */
export async function demonstrateServing(files, { say }) {
  const { createHost } = await import(entry('host'))
  const { commonLog, createGateway, listen } = await import(entry('gateway'))
  const host = await createHost()
  const denied = []
  host.on('denied', ({ plugin, operation, target }) => {
    denied.push({ route: plugin, operation, target })
    say('Denied', `${plugin}: ${operation} ${target}`)
  })
  try {
    const gateway = await createGateway({
      host,
      routes: routesOf(files),
      onAnswered: (entry) => say('Answered', commonLog(entry)),
    })
    const { addresses, close } = await listen(gateway, [{ port: 0, host: '127.0.0.1' }])
    const [url] = addresses
    say('Listening', url)
    const routes = []
    for (const one of asked(files)) {
      const { text, ...answer } = await ask(url, one)
      say('Says', text)
      routes.push(answer)
    }
    if (files.api !== undefined) await ask(url, { path: '/api/upstream' })
    // One that runs when the gateway is told to end has its answer.
    const last = ask(url, { path: '/hello/slowly' })
    while (gateway.inside === 0) await new Promise((resolve) => setImmediate(resolve))
    say('Ending', `${gateway.inside} request`)
    await close({ drainMs: 10_000 })
    const drained = (await last).status === 200
    return { schema: 1, routes, denied, drained }
  } finally {
    await host.close()
  }
}

function routesOf({ api, greeting, page, program }) {
  const notes = { path: inRoot('examples/serve-app/program/notes'), at: '/notes', access: 'read' }
  return [
    ...(api === undefined ? [] : [{ path: '/api/...', plugin: api }]),
    // An engine of JavaScript takes its time to start.
    { path: '/hello/:name', plugin: greeting, reuse: 100 },
    { path: '/notes/...', plugin: program, grants: { fs: [notes] }, cgi: { isWagi: true } },
    { path: '/...', plugin: page },
  ]
}

function asked({ api }) {
  return [
    ...(api === undefined
      ? []
      : [{ path: '/api/orders', route: '/api/...', kind: 'wasi:http', language: 'Rust' }]),
    { path: '/hello/Ada', route: '/hello/:name', kind: 'wasi:http', language: 'JavaScript' },
    { path: '/notes/first.txt', route: '/notes/...', kind: 'wagi', language: 'C' },
    { path: '/about', route: '/...', kind: 'wasi:http', language: 'AssemblyScript' },
  ]
}

async function ask(url, { path, ...one }) {
  const started = performance.now()
  const response = await fetch(url + path)
  const text = (await response.text()).trim()
  return { ...one, status: response.status, ms: performance.now() - started, text }
}
