import { defineConfig } from 'tsup'

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
  // Bundled, so that an install stays small: only the parts that are used.
  noExternal: ['zod'],
})
