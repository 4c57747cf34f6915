import { createServer } from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

/** Starts a server that answers with 4 KiB, in a thread of its own: engines may block the one they are called in. */
export async function startServer() {
  const worker = new Worker(new URL(import.meta.url))
  worker.unref()
  const port = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  return { authority: `127.0.0.1:${port}`, close: () => worker.terminate() }
}

if (!isMainThread && parentPort !== null) {
  const body = Buffer.alloc(4_096, 'x')
  const server = createServer((_, response) => response.end(body))
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
}
