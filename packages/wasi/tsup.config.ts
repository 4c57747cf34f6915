import { defineConfig } from 'tsup'

export default defineConfig({
  // What an instance needs is an entry of its own: a plugin's thread loads it, and no schema.
  entry: { index: 'src/index.ts', instance: 'src/instance.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  clean: true,
})
