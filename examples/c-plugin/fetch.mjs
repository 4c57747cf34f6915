// Puts the sources of md4c (MIT licence) in `vendor/`, from Debian's source package. Does nothing when they are there.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = 'http://deb.debian.org/debian/pool/main/m/md4c/md4c_0.4.8.orig.tar.gz'
const SHA256 = '4a457df853425b6bb6e3457aa1d1a13bccec587a04c38c622b1013a0da41439f'
const FILES = ['src/md4c.c', 'src/md4c.h', 'LICENSE.md'].map((file) => `md4c-release-0.4.8/${file}`)

const here = path.dirname(fileURLToPath(import.meta.url))
const vendor = path.join(here, 'vendor')

if (!existsSync(vendor)) {
  const answer = await fetch(SOURCE)
  if (!answer.ok) throw new Error(`${SOURCE}: ${answer.status} ${answer.statusText}`)
  const archive = new Uint8Array(await answer.arrayBuffer())
  const digest = createHash('sha256').update(archive).digest('hex')
  if (digest !== SHA256) throw new Error(`${SOURCE} is not what it was: its SHA-256 is ${digest}`)
  unpack(archive)
}

/** The folder is there with all its files or not at all. */
function unpack(archive) {
  const draft = `${vendor}.${process.pid}`
  try {
    mkdirSync(draft)
    writeFileSync(path.join(draft, 'archive.tar.gz'), archive)
    execFileSync('tar', ['-xzf', 'archive.tar.gz', ...FILES], { cwd: draft })
    mkdirSync(path.join(draft, 'files'))
    for (const file of FILES) {
      renameSync(path.join(draft, file), path.join(draft, 'files', path.posix.basename(file)))
    }
    renameSync(path.join(draft, 'files'), vendor)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
