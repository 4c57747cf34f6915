import { defineConfig } from 'tsup'

// Splitting keeps every command in its own chunk, which is what keeps `--help` quick.
export default defineConfig({
  // `errors` is for scripts/error-docs.mjs, `main` for tests; neither is exported.
  entry: { bin: 'src/bin.ts', main: 'src/main.ts', errors: 'src/errors/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: true,
})
