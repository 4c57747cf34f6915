import { build } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * `embedded:thread` is the entry of a plugin's thread as one script, for applications that are bundled themselves: beside
 * such a bundle there is no file to start a thread from.
 */
const embeddedThread: Plugin = {
  name: 'embedded-thread',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded:thread$/ }, ({ path }) => ({ path, namespace: 'embedded' }))
    onLoad({ filter: /.*/, namespace: 'embedded' }, async () => {
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
      return { contents: outputFiles[0]?.text ?? '', loader: 'text' }
    })
  },
}

export default defineConfig({
  entry: ['src/index.ts', 'src/worker/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry: ['src/index.ts'] },
  splitting: true,
  sourcemap: true,
  clean: true,
  esbuildPlugins: [embeddedThread],
})
