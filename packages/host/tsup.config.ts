import { writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * All that a plugin's thread runs, as one script: a thread that loads one file starts in two thirds of the time that it
 * takes for a dozen modules. Names stay as they are, since they are in the stacks of errors.
 */
async function threadScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['src/worker/main.ts'],
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
  return outputFiles[0]?.text ?? ''
}

/** `embedded:thread` is the same as text, for applications that are bundled themselves: they have no file beside them. */
const embeddedThread: Plugin = {
  name: 'embedded-thread',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded:thread$/ }, ({ path }) => ({ path, namespace: 'embedded' }))
    onLoad({ filter: /.*/, namespace: 'embedded' }, async () => ({
      contents: await threadScript(),
      loader: 'text',
    }))
  },
}

export default defineConfig({
  // `internal` is for the tests, and stays here.
  entry: ['src/index.ts', 'src/internal.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry: ['src/index.ts'] },
  splitting: true,
  sourcemap: true,
  clean: true,
  esbuildPlugins: [embeddedThread],
  onSuccess: async () => writeFile('dist/thread.cjs', await threadScript()),
})
