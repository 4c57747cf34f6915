import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { digestOf, mediaTypes } from '@wasm-plugin/registry'
import { type Artifact, EMPTY, referrerOf } from './artifacts.js'

/** An artifact as the program `writer.mjs` reads it. */
export function argumentOf(tag: string, { manifest, bytes, blob }: Artifact) {
  const subject = { mediaType: mediaTypes.manifest, digest: digestOf(manifest), size: manifest.length }
  const layers = [bytes, EMPTY].map((layer) => Buffer.from(layer).toString('base64'))
  const referrer = referrerOf(subject, 'application/x.signature', tag).toString('base64')
  return { tag, layers, manifest: manifest.toString('base64'), referrer, blob }
}

/**
 * Runs `writer.mjs` in a process of its own.
 *
 * @param killAt Number of the call of the file system at which it is ended; 0 for none.
 */
export async function runWriter(
  args: readonly string[],
  artifacts: readonly ReturnType<typeof argumentOf>[],
  killAt = 0,
): Promise<Ended> {
  return await runProgram('writer.mjs', args, { input: JSON.stringify(artifacts), killAt })
}

export interface Ended {
  /** Calls of files and connections, of a process that nobody ended. */
  readonly calls: number
  readonly code: number | null
  readonly signal: string | null
}

/** Runs a program of this folder in a process of its own, and ends it at one of its calls. */
export async function runProgram(
  name: string,
  args: readonly string[],
  { input = '', killAt = 0 }: { input?: string; killAt?: number } = {},
): Promise<Ended> {
  const kill = pathToFileURL(path.join(import.meta.dirname, 'kill-at.mjs')).href
  const program = path.join(import.meta.dirname, name)
  const child = spawn(process.execPath, ['--import', kill, program, ...args], {
    env: { ...process.env, KILL_AT: String(killAt) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // One that is ended has not read everything.
  child.stdin.on('error', () => undefined).end(input)
  let out = ''
  child.stdout.on('data', (piece) => {
    out += piece
  })
  const [code, signal] = await once(child, 'close')
  return { calls: Number(out), code, signal }
}
