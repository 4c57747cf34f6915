// node holds.mjs <kitchen.wasm> <spinning.wasm> <rounds>: everything that an application awaits when it closes, one after
// the other. Nothing else keeps this process alive: it ends with code 13 at what the framework forgets to hold.
import { EventEmitter, once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHost } from '@wasm-plugin/host'

const [kitchen, spinning, rounds] = process.argv.slice(2)
const audit = join(tmpdir(), `shutdown-${process.pid}.jsonl`)

/** A host with a plugin, which asks the application by `look-up`: `asked` and `answered` resolve then. */
async function start({ lookUp = () => new Promise(() => {}), ...options } = {}) {
  const host = await createHost({ limits: { timeoutMs: 600_000, startMs: 600_000 } })
  const app = new EventEmitter()
  const [asked, answered] = [once(app, 'asked'), once(app, 'answered')]
  const imports = {
    'test:kitchen/host': {
      say() {},
      async lookUp() {
        app.emit('asked')
        await lookUp(host, plugin)
        app.emit('answered')
      },
    },
  }
  const plugin = await host.load(kitchen, { imports, ...options })
  const call = (name, args = [], options = {}) =>
    plugin.call(`test:kitchen/api#${name}`, args, options).catch((error) => error.code)
  return {
    host,
    plugin,
    asked,
    answered,
    spin: (options) => call('spin', [], options),
    ask: () => call('look-up', ['x']),
  }
}

async function turns(count) {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

const modes = {
  async 'a host whose plugin computes'() {
    const { host, spin } = await start()
    const code = spin()
    await turns(5)
    await host.close()
    return await code
  },
  async 'a host whose plugin waits for the application'() {
    const { host, ask, asked } = await start()
    const code = ask()
    await asked
    await host.close()
    return await code
  },
  async 'a plugin that computes'() {
    const { plugin, spin } = await start()
    const code = spin()
    await turns(5)
    await plugin.close()
    return await code
  },
  async 'a host twice at a time, with calls that run and calls that wait'() {
    const { host, ask, asked, spin } = await start({ pool: { instances: 2 } })
    const codes = [ask(), spin(), spin()]
    await asked
    await Promise.all([host.close(), host[Symbol.asyncDispose]()])
    return (await Promise.all(codes)).join()
  },
  async 'a host after a deadline'() {
    const { host, spin } = await start()
    const code = await spin({ timeoutMs: 1 })
    await host.close()
    return code
  },
  async 'a host after an abort'() {
    const { host, spin } = await start()
    const stop = new AbortController()
    const code = spin({ signal: stop.signal })
    await turns(5)
    stop.abort()
    await code
    await host.close()
    return await code
  },
  async 'a host, in a function that its plugin called'() {
    const { ask, answered } = await start({ lookUp: (host) => host.close() })
    const code = ask()
    await answered
    return await code
  },
  async 'a plugin, in a function that it called'() {
    const { ask, answered } = await start({ lookUp: (_, plugin) => plugin.close() })
    const code = ask()
    await answered
    return await code
  },
  async 'a host, in a handler of SIGTERM'() {
    const { host, spin } = await start()
    const app = new EventEmitter()
    const flushed = once(app, 'flushed')
    process.once('SIGTERM', async () => {
      await host.close()
      app.emit('flushed')
    })
    const code = spin()
    await turns(5)
    process.kill(process.pid, 'SIGTERM')
    await flushed
    return await code
  },
  async 'a host whose plugin loads'(round) {
    const host = await createHost({ limits: { startMs: 600_000 } })
    const code = host.load(spinning).catch((error) => error.code)
    await turns(3 * round)
    await host.close()
    return await code
  },
  async 'a host whose plugin arrives for ever'() {
    const host = await createHost()
    const code = host.load(new Response(new ReadableStream())).catch((error) => error.code)
    await turns(5)
    await host.close()
    return await code
  },
  async 'nothing, until a plugin that arrives for ever is late'() {
    const host = await createHost({ limits: { startMs: 1 } })
    return await host.load(new Response(new ReadableStream())).catch((error) => error.code)
  },
  async 'a host with an audit file'() {
    const { host, spin } = await start({ audit })
    const code = spin()
    await turns(5)
    await host.close()
    const last = JSON.parse(readFileSync(audit, 'utf8').trimEnd().split('\n').at(-1))
    return last.closed && (await code)
  },
}

for (const [mode, run] of Object.entries(modes)) {
  const outcomes = []
  for (let round = 0; round < Number(rounds); round++) outcomes.push(await run(round))
  console.log(JSON.stringify([mode, outcomes.length, [...new Set(outcomes)]]))
}
rmSync(audit, { force: true })
