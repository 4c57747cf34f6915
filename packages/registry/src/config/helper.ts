import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { transportErrors as errors } from '../errors/index.js'
import type { Credentials } from '../oci/index.js'

type Env = Readonly<Record<string, string | undefined>>

/**
 * What a [helper of docker](https://github.com/docker/docker-credential-helpers) keeps for a server; `undefined` if nothing.
 *
 * @throws {CREDENTIAL_HELPER_FAILED}
 */
export async function askHelper(name: string, server: string, env: Env): Promise<Credentials | undefined> {
  const { code, text } = await run(name, 'get', server, env)
  if (code !== 0) {
    // Nothing is there: helpers say so in these words. What else they say may be anything.
    if (/credentials not found/i.test(text)) return undefined
    throw failed(name, `it ended with ${code}`)
  }
  const { Username: username, Secret: secret } = parse(name, text)
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined
  return username === '<token>'
    ? { kind: 'identity', token: secret }
    : { kind: 'password', username, password: secret }
}

/** @throws {CREDENTIAL_HELPER_FAILED} */
export async function tellHelper(
  name: string,
  server: string,
  credentials: { readonly username: string; readonly password: string },
  env: Env,
): Promise<void> {
  const { username, password } = credentials
  const input = JSON.stringify({ ServerURL: server, Username: username, Secret: password })
  const { code } = await run(name, 'store', input, env)
  if (code !== 0) throw failed(name, `it ended with ${code}`)
}

/** Lets a helper forget a server, if it knows of it. @throws {CREDENTIAL_HELPER_FAILED} */
export async function clearHelper(name: string, server: string, env: Env): Promise<void> {
  const { code, text } = await run(name, 'erase', server, env)
  if (code !== 0 && !/not found/i.test(text)) throw failed(name, `it ended with ${code}`)
}

/** The program is found by its name in PATH, runs without a shell, and has limits of time and of output. */
async function run(
  name: string,
  verb: 'get' | 'store' | 'erase',
  input: string,
  env: Env,
): Promise<{ code: number; text: string }> {
  if (!NAME.test(name)) throw failed(name, 'its name is not one of a program')
  return await new Promise((resolve, reject) => {
    const child = spawn(program(name), [verb], {
      // Windows looks for programs in the current folder first, which may be a project's.
      cwd: homedir(),
      env: env as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    const pieces: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => end('it did not answer in time'), MAX_MS)
    const end = (reason: string) => {
      child.kill('SIGKILL')
      reject(failed(name, reason))
    }
    child.on('error', (error) => {
      clearTimeout(timer)
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      reject(failed(name, isMissing ? 'there is no such program in PATH' : 'it cannot be started'))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code: code ?? -1, text: Buffer.concat(pieces).toString() })
    })
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > MAX_BYTES) end('it says too much')
      else pieces.push(piece)
    })
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined).end(input)
  })
}

function parse(name: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // The message of the parser would have a part of the text.
  }
  throw failed(name, 'it did not answer with JSON')
}

function program(name: string): string {
  return `docker-credential-${name}`
}

function failed(name: string, reason: string): Error {
  return errors.CREDENTIAL_HELPER_FAILED({ helper: program(name), reason })
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MAX_BYTES = 64 << 10
const MAX_MS = 20_000
