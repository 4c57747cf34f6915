import { copyFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

// Splitting keeps every command in its own chunk, which is what keeps `--help` quick.
export default defineConfig({
  // `node-reporter` is for `node --test`; `internal` is for the tests and scripts/error-docs.mjs, and stays here.
  entry: { bin: 'src/bin.ts', 'node-reporter': 'src/test/node-reporter.ts', internal: 'src/internal.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: true,
  // Every command line goes through it: a seventh of the time of `--help` was for finding and reading its files.
  // One command alone goes through the other.
  noExternal: ['commander', 'yaml'],
  // Only what writes is needed, and the build of modules is the one that can be taken in by halves.
  esbuildOptions(options) {
    options.alias = { yaml: './node_modules/yaml/browser/index.js' }
  },
  // commander is CommonJS and asks for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  async onSuccess() {
    for (const name of ['commander', 'yaml'])
      copyFileSync(`node_modules/${name}/LICENSE`, `dist/${name}.LICENSE`)
  },
})
