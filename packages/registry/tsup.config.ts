import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  splitting: true,
  sourcemap: true,
  clean: true,
  // Bundled, so that an install stays small: only the parts that are used.
  noExternal: ['zod'],
})
