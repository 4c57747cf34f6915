// Runs the compiler that @yowasp/clang packs, one command after another, in a process with an engine of its own
// settings. It sees the files that it is given and nothing of the disk, and ends with the process that started it.

const { runClang } = await import(process.argv[2])
const quiet = { fetchProgress: () => {} }
await runClang(undefined, undefined, quiet)

process.on('disconnect', () => process.exit())
process.on('message', async ({ argv, files, output }) => {
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
  process.send({ ...result, said: Buffer.concat(said).toString() })
})

process.send('ready')
