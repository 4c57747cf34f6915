import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import path from 'node:path'

const DOCKER_REGISTRY = '/usr/bin/docker-registry'
export const SKOPEO = '/usr/bin/skopeo'

/** What Debian has, and the set-up of CI installs. */
export const isThere = existsSync(DOCKER_REGISTRY) && existsSync(SKOPEO)

/** Debian's docker-registry on a free port, with an empty store in `folder`. */
export async function startDockerRegistry(folder) {
  const port = await freePort()
  const file = path.join(folder, 'registry.yml')
  await writeFile(
    file,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: ${folder}/store }
http: { addr: 127.0.0.1:${port} }
`,
  )
  const child = spawn(DOCKER_REGISTRY, ['serve', file], { stdio: 'ignore' })
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { registry: `127.0.0.1:${port}`, close: () => child.kill('SIGKILL') }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve(false)).on('connect', () => resolve(true))
    socket.on('connect', () => socket.destroy())
  })
}
