import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * @typedef {{ readonly port: number, readonly pids: readonly number[], stop(): Promise<void> }} RunningServer
 */

/**
 * Runs the programs of a server until it takes connections, each when the one before it takes some at its Unix socket. Each has a
 * group of its own, so that what it starts ends with it.
 *
 * @param {number} port
 * @param {readonly (readonly [program: string, args: readonly string[], socket?: string])[]} programs
 * @returns {Promise<RunningServer>}
 */
export async function startServer(port, programs) {
  const runs = []
  const stop = async () => {
    await Promise.all(runs.map((one) => one.stop()))
  }
  try {
    for (const [program, args, socket] of programs) {
      runs.push(run(program, args))
      if (socket !== undefined) await answering({ path: socket }, runs)
    }
    await answering({ port, host: '127.0.0.1' }, runs)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, pids: runs.map(({ child }) => child.pid ?? 0), stop }
}

/** One that says its port on stdout. @returns {Promise<RunningServer>} */
export async function startSaying(program, args) {
  const { child, stop } = run(program, args)
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes('\n')) return { port: Number.parseInt(said, 10), pids: [child.pid], stop }
  }
  throw new Error(`${child.spawnargs.join(' ')} ended without a port`)
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

function run(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const ended = once(child, 'exit')
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of them have ended.
    }
  }
  process.once('exit', kill)
  const stop = async () => {
    child.kill()
    const timer = setTimeout(kill, GRACE_MS)
    await ended
    clearTimeout(timer)
    kill()
    process.off('exit', kill)
  }
  return { child, stop }
}

const GRACE_MS = 2_000

async function answering(where, runs) {
  while (!(await answers(where))) {
    const ended = runs.find(({ child }) => child.exitCode !== null)
    if (ended !== undefined)
      throw new Error(`${ended.child.spawnargs.join(' ')} ended with ${ended.child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function answers(where) {
  return new Promise((resolve) => {
    const socket = connect(where)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
