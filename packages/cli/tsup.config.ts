import { copyFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

// Splitting keeps every command in its own chunk, which is what keeps `--help` quick.
export default defineConfig({
  // `errors` is for scripts/error-docs.mjs, `main` for tests, `node-reporter` for `node --test`; none is exported.
  entry: {
    bin: 'src/bin.ts',
    main: 'src/main.ts',
    errors: 'src/errors/index.ts',
    'node-reporter': 'src/test/node-reporter.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: true,
  // Every command line goes through it: a seventh of the time of `--help` was for finding and reading its files.
  noExternal: ['commander'],
  // commander is CommonJS and asks for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  async onSuccess() {
    copyFileSync('node_modules/commander/LICENSE', 'dist/commander.LICENSE')
  },
})
