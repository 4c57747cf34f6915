// Runs the compiler that @yowasp/clang packs, one command after another, away from the thread that shows progress and
// hears Ctrl-C. It sees the files that it is given and nothing of the disk.
import { parentPort, workerData } from 'node:worker_threads'

const { runClang } = await import(workerData.module)
const quiet = { fetchProgress: () => {} }
await runClang(undefined, undefined, quiet)

parentPort.on('message', async ({ argv, files, output }) => {
  const said = []
  const hear = (bytes) => {
    if (bytes !== null) said.push(Buffer.from(bytes))
  }
  const options = { stdout: hear, stderr: hear, decodeASCII: false, ...quiet }
  let result
  try {
    const tree = await runClang(argv, files, options)
    const bytes = (name) => (name in tree ? Uint8Array.from(tree[name]) : null)
    result = { exitCode: 0, output: bytes(output), dependencies: bytes(`${output}.d`) }
  } catch (error) {
    if (typeof error?.code !== 'number') said.push(Buffer.from(`error: ${error?.message ?? error}\n`))
    result = { exitCode: typeof error?.code === 'number' ? error.code : 1, output: null, dependencies: null }
  }
  parentPort.postMessage({ ...result, said: Buffer.concat(said).toString() })
})

parentPort.postMessage('ready')
