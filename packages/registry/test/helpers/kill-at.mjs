// Loaded before a program: ends it, as by `kill -9`, at call number KILL_AT of what changes files, in the middle of it if it
// is a write, or of what is sent to and read from a connection. With KILL_AT=0 it says at the end how many calls there were.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const at = Number(process.env.KILL_AT)
let calls = 0

function count(before) {
  calls++
  if (calls !== at) return
  before?.()
  process.kill(process.pid, 'SIGKILL')
  for (;;); // The signal comes at once, but not before the next line.
}

for (const name of ['open', 'mkdir', 'rename', 'rm', 'rmdir', 'utimes']) {
  const original = fs[name]
  fs[name] = async (...args) => {
    count()
    return await original(...args)
  }
}
const { writeFile } = fs
fs.writeFile = async (file, data, options) => {
  const { writeFileSync } = await import('node:fs')
  count(() => typeof file === 'string' && writeFileSync(file, data.slice(0, data.length / 2), options))
  return await writeFile(file, data, options)
}
syncBuiltinESMExports()

const handle = await fs.open(fileURLToPath(import.meta.url))
const proto = Object.getPrototypeOf(handle)
await handle.close()
const { writeSync } = await import('node:fs')
const originals = { writeFile: proto.writeFile, sync: proto.sync }
proto.writeFile = async function (data) {
  count(() => writeSync(this.fd, data.slice(0, data.length / 2)))
  return await originals.writeFile.call(this, data)
}
proto.sync = async function () {
  count()
  return await originals.sync.call(this)
}
for (const name of ['write', 'read']) {
  const original = Socket.prototype[name]
  Socket.prototype[name] = function (...args) {
    if (this.remotePort !== undefined) count()
    return original.apply(this, args)
  }
}
calls = 0
process.on('exit', () => at === 0 && process.stdout.write(String(calls)))
