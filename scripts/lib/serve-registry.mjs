import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

const BINARY = '/usr/bin/docker-registry'
const TRIES = 200
const PAUSE_MS = 50

/** Debian's docker-registry on this machine alone, with an empty store; `undefined` where it is not installed. */
export async function serveRegistry() {
  if (!existsSync(BINARY)) return undefined
  const folder = await mkdtemp(path.join(os.tmpdir(), 'docker-registry-'))
  const registry = `127.0.0.1:${await freePort()}`
  const config = path.join(folder, 'config.yml')
  await writeFile(
    config,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${folder}/store } }
http: { addr: ${registry} }
`,
  )
  const child = spawn(BINARY, ['serve', config], { stdio: 'ignore' })
  const close = async () => {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await answering(`http://${registry}/v2/`, child)
  } catch (error) {
    await close()
    throw error
  }
  return { registry, close }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function answering(url, child) {
  for (let tries = 0; tries < TRIES; tries++) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await after(PAUSE_MS)
  }
  throw new Error('docker-registry does not answer')
}
