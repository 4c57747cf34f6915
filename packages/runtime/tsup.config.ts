import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** `assembly/index.ts`, compiled, in base64. */
async function compiled(): Promise<string> {
  let result = new Uint8Array()
  const { error, stderr } = await main(
    [
      'index.ts',
      ...['--baseDir', fileURLToPath(new URL('assembly', import.meta.url))],
      ...['--outFile', 'index.wasm'],
      ...['--runtime', 'stub', '--noAssert', '--initialMemory', '34'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '1'],
    ],
    {
      writeFile(_name, contents) {
        result = contents as Uint8Array
      },
    },
  )
  if (error !== null) throw new Error(`assembly/index.ts: ${stderr}`)
  return Buffer.from(result).toString('base64')
}

/** `embedded:cost`: a page has no file beside the script. */
const embedded: Plugin = {
  name: 'embedded',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded:cost$/ }, ({ path }) => ({ path, namespace: 'embedded' }))
    onLoad({ filter: /.*/, namespace: 'embedded' }, async () => ({
      contents: await compiled(),
      loader: 'text',
    }))
  },
}

export default defineConfig({
  // Errors, texts and what hosts take early are entries of their own, for programs that start often and for pages, which
  // get the rest with their first plugin.
  entry: {
    index: 'src/index.ts',
    internal: 'src/internal.ts',
    errors: 'src/errors/index.ts',
    text: 'src/text/index.ts',
    early: 'src/early.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  esbuildPlugins: [embedded],
  clean: true,
})
