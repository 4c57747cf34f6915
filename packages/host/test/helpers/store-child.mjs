// Keeps values in a store until the disk has been used so many times, and dies in the middle of the next use, as by kill -9.
// Prints a line for each change that was acknowledged.
import fs from 'node:fs'

const [plugin, file, uses, first] = process.argv.slice(2)
let left = Number(uses)
for (const name of ['write', 'ftruncate', 'fsync', 'rename', 'rm', 'open', 'close']) {
  const original = fs[name]
  fs[name] = (...args) => {
    if (--left > 0) return original(...args)
    // Of what is being written, a part is there.
    if (name === 'write') fs.writeSync(args[0], args[1], args[2], Math.floor(args[3] / 2), args[4])
    process.kill(process.pid, 'SIGKILL')
  }
}

const { createHost } = await import('@wasm-plugin/host')
const host = await createHost({ limits: { startMs: 120_000, timeoutMs: 120_000 } })
const { exports } = await host.load(plugin, { grants: { keyvalue: { default: { file } } } })
for (let i = Number(first); ; i++) {
  const [key, byte, size] = [`key ${i % 5}`, i % 251, 1 + ((i * 7_919) % 150_000)]
  if ((await exports.set(key, byte, size)) !== 0) throw new Error('not kept')
  fs.writeSync(1, 'kept\n')
}
