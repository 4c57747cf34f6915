import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from './folders.js'
import { answering, freePort } from './free-port.js'

const BINARY = '/usr/bin/docker-registry'

/** Debian's docker-registry 2.8, as the set-up installs it in CI. */
export const hasDockerRegistry = existsSync(BINARY)

if (process.env.CI === 'true' && process.platform === 'linux' && !hasDockerRegistry)
  throw new Error('docker-registry is missing, which the set-up installs in CI')

export interface RunningRegistry extends AsyncDisposable {
  /** `127.0.0.1:5000`. */
  readonly registry: string
  readonly origin: string
}

/** Starts one with an empty store. @param auth Lines of its configuration, such as of `htpasswd`. */
export async function startDockerRegistry(
  auth: (folder: string) => string = () => '',
): Promise<RunningRegistry> {
  const folder = await makeFolder('docker-registry')
  const port = await freePort()
  const file = path.join(folder, 'config.yml')
  await writeFile(
    file,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: ${folder}/store }
  delete: { enabled: true }
http: { addr: 127.0.0.1:${port} }
${auth(folder)}`,
  )
  const child = spawn(BINARY, ['serve', file], { stdio: 'ignore' })
  await answering(port, () => {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`)
  })
  return {
    registry: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
