import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'

/** Bytes of the path of a Unix socket, without the zero at its end. Systems cut a longer one, and listen elsewhere. */
const MAX_PATH = process.platform === 'linux' ? 107 : 103

/** Removes the socket of a process that ended without doing so: nobody answers there, and nobody else could listen. */
export async function makeRoom(path: string): Promise<void> {
  if (process.platform === 'win32') return
  if (Buffer.byteLength(path) > MAX_PATH)
    throw Object.assign(new Error('too long'), { code: `a path has ${MAX_PATH} bytes at most` })
  const isSocket = await lstat(path).then(
    (stats) => stats.isSocket(),
    () => false,
  )
  if (isSocket && (await isDead(path))) await unlink(path)
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}
