import { createServer } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/**
 * Starts a server that answers with `head`, and then with `more` without end, in a thread of its own.
 *
 * @param {{ head: string, more: string }} answer
 * @returns {Promise<{ authority: string, close: () => Promise<unknown> }>}
 */
export async function startFlooding(answer) {
  const worker = new Worker(new URL(import.meta.url), { workerData: answer })
  worker.unref()
  const port = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  return { authority: `127.0.0.1:${port}`, close: () => worker.terminate() }
}

if (!isMainThread && parentPort !== null) {
  const { head, more } = workerData
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      const go = () => {
        while (!socket.destroyed && socket.write(more));
      }
      socket.on('drain', go)
      socket.write(head)
      go()
    })
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
}
