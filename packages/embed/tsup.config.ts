import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** `embedded:dwarf`: a page has no file beside the script. */
const embedded: Plugin = {
  name: 'embedded',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded:/ }, ({ path }) => ({ path, namespace: 'embedded' }))
    onLoad({ filter: /.*/, namespace: 'embedded' }, async () => ({
      contents: gzipSync(await readFile('dwarf/dwarf.wasm'), { level: 9 }).toString('base64'),
      loader: 'text',
    }))
  },
}

export default defineConfig({
  // The thread's side is an entry of its own: it loads no schema, and nothing of the application's side.
  entry: {
    index: 'src/index.ts',
    thread: 'src/thread.ts',
    wire: 'src/wire/index.ts',
    services: 'src/services/index.ts',
    internal: 'src/internal.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  esbuildPlugins: [embedded],
  clean: true,
  async onSuccess() {
    // Of text there is nothing to look up.
    for (const name of (await readdir('dist')).filter((file) => /^embedded_.*\.js$/.test(file))) {
      await rm(`dist/${name}.map`)
      await writeFile(
        `dist/${name}`,
        (await readFile(`dist/${name}`, 'utf8')).replace(/^\/\/# source.*$/m, ''),
      )
    }
  },
})
