import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { cachedDataVersionTag } from 'node:v8'
import { type CodePlace, codePlace } from './folder.js'
import { readOwn, writeOwn } from './own-file.js'

/**
 * What V8 compiled of a script, kept from one process to the next. It is code, so it is taken only from a file that belongs to
 * this user and that nobody else can write to, signed with a key of the user, of the same engine with the same flags.
 * Whatever is wrong, there is no code, and the script is compiled anew.
 */
export interface CodeCache {
  /** What was kept. */
  readonly code: Uint8Array | undefined
  /** Keeps it. Never throws. */
  keep(code: Uint8Array): void
}

export function openCodeCache(source: string, place = codePlace()): CodeCache {
  if (place === undefined) return { code: undefined, keep() {} }
  const name = nameOf(source)
  return {
    code: read(place, name),
    keep(code) {
      try {
        write(place, name, code)
        prune(place.folder)
      } catch {
        // A folder that cannot be written to: a home that is read-only, or permissions of Node.
      }
    },
  }
}

/** Much more than the code of a thread. */
const MAX_BYTES = 16 << 20

/** Of the key, and of the signature in front of the code. */
const KEY_BYTES = 32

/** Files that are kept: one for each version of Node, its flags, and of this package. */
const MAX_FILES = 8

/** By all that the code depends on. */
function nameOf(source: string): string {
  const { arch, platform, versions } = process
  const engine = JSON.stringify([versions.node, versions.v8, cachedDataVersionTag(), platform, arch])
  return `${createHash('sha256').update(engine).update(source).digest('hex')}.bin`
}

function read({ folder, key: keyFile }: CodePlace, name: string): Uint8Array | undefined {
  const key = readKey(keyFile)
  const bytes = key && readOwn(path.join(folder, name), MAX_BYTES)
  if (key === undefined || bytes === undefined || bytes.length < KEY_BYTES) return undefined
  const code = bytes.subarray(KEY_BYTES)
  return timingSafeEqual(sign(key, name, code), bytes.subarray(0, KEY_BYTES)) ? code : undefined
}

function write({ folder, key: keyFile }: CodePlace, name: string, code: Uint8Array): void {
  if (readKey(keyFile) === undefined) {
    rmSync(keyFile, { force: true })
    writeOwn(keyFile, randomBytes(KEY_BYTES), { isFirst: true })
  }
  const key = readKey(keyFile)
  if (key !== undefined) writeOwn(path.join(folder, name), Buffer.concat([sign(key, name, code), code]))
}

function readKey(file: string): Buffer | undefined {
  const key = readOwn(file, KEY_BYTES)
  return key?.length === KEY_BYTES ? key : undefined
}

/** Of the name too, so that no code is taken for that of another script. */
function sign(key: Uint8Array, name: string, code: Uint8Array): Buffer {
  return createHmac('sha256', key).update(name).update(code).digest()
}

/** The oldest go. */
function prune(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: statSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time)
  for (const { file } of files.slice(MAX_FILES)) rmSync(file, { force: true })
}

const NAME = /^[0-9a-f]{64}\.bin(\.[0-9a-f-]{36})?$/
