import { readdir, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** What runs elsewhere, by the name of its script. */
const entries = { thread: 'src/worker/main.ts', process: 'src/relay/main.ts' }

/**
 * All that a plugin's thread or process runs, as one script: a thread that loads one file starts in two thirds of the time
 * that it takes for a dozen modules. Names stay as they are, since they are in the stacks of errors.
 */
async function scriptOf(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entries[name as keyof typeof entries]],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // A script that is evaluated shares its scope with the globals.
    banner: { js: '"use strict";(()=>{' },
    footer: { js: '})()' },
  })
  const text = outputFiles[0]?.text ?? ''
  if (/[^\0-\xff]/.test(text)) throw new Error(`${name}: a character that is not Latin-1, as threads take it`)
  return text
}

/** `embedded:thread` is the same as text, for applications that are bundled themselves: they have no file beside them. */
const embedded: Plugin = {
  name: 'embedded',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded:/ }, ({ path }) => ({ path, namespace: 'embedded' }))
    onLoad({ filter: /.*/, namespace: 'embedded' }, async ({ path }) => ({
      contents: await scriptOf(path.slice('embedded:'.length)),
      loader: 'text',
    }))
  },
}

export default defineConfig({
  // `internal` is for the tests, and stays here.
  entry: ['src/index.ts', 'src/opentelemetry.ts', 'src/internal.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry: ['src/index.ts', 'src/opentelemetry.ts'] },
  splitting: true,
  sourcemap: true,
  clean: true,
  esbuildPlugins: [embedded],
  async onSuccess() {
    for (const name of Object.keys(entries)) await writeFile(`dist/${name}.cjs`, await scriptOf(name))
    // Of text there is nothing to look up.
    for (const file of await readdir('dist')) if (/^embedded_.*\.map$/.test(file)) await rm(`dist/${file}`)
  },
})
