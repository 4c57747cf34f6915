import { spawn } from 'node:child_process'
import { hasDockerRegistry, type RunningRegistry, startDockerRegistry } from '../helpers/docker-registry.js'
import { answering, freePort } from '../helpers/free-port.js'
import { fileOf } from './tools.js'

export interface ServerKind {
  readonly name: string
  /** Whether it says where a blob is that it was given, which clients on Rust's `oci-client` insist on. */
  readonly saysWhere: boolean
  /** Why it cannot be started. */
  readonly reason: string | undefined
  start(): Promise<RunningRegistry>
}

/** Registries without and with the referrers API: signatures are found by a tag there, and by asking here. */
export const serverKinds: readonly ServerKind[] = [
  {
    name: "Debian's docker-registry",
    saysWhere: true,
    reason: hasDockerRegistry ? undefined : 'the package docker-registry is not installed',
    start: () => startDockerRegistry(),
  },
  {
    name: 'a registry with the referrers API',
    saysWhere: false,
    reason: fileOf('referrers-registry').reason,
    start: startReferrersRegistry,
  },
]

async function startReferrersRegistry(): Promise<RunningRegistry> {
  const registry = `127.0.0.1:${await freePort()}`
  const child = spawn(fileOf('referrers-registry').file ?? '', [registry], { stdio: 'ignore' })
  await answering(Number(registry.split(':')[1]), () => {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`)
  })
  return {
    registry,
    origin: `http://${registry}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
    },
  }
}
