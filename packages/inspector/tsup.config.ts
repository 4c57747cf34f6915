import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** What the page loads, by the name that `embedded:` has for it. */
const files: Readonly<Record<string, () => Promise<string>>> = {
  markup: () => readFile('src/page/index.html', 'utf8'),
  style: () => bundled('src/page/style.css'),
  script: () => bundled('src/page/main.tsx'),
  icon: () => readFile('src/page/icon.svg', 'utf8'),
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'inline',
    charset: 'utf8',
  })
  return outputFiles[0]?.text ?? ''
}

/** The files of the page as texts, so that an application that is bundled itself has them too. */
const embedded: Plugin = {
  name: 'embedded',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^embedded:/ }, ({ path }) => ({ path, namespace: 'embedded' }))
    onLoad({ filter: /.*/, namespace: 'embedded' }, async ({ path }) => ({
      contents: (await files[path.slice('embedded:'.length)]?.()) ?? '',
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
  esbuildPlugins: [embedded],
})
