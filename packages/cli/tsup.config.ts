import { defineConfig } from 'tsup'

// Splitting keeps every command in its own chunk, which is what keeps `--help` quick.
export default defineConfig({
  entry: ['src/bin.ts', 'src/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: true,
})
