import { defineConfig } from 'tsup'

// What an instance needs is an entry of its own: a plugin's thread loads it, and no schema.
const entry = { index: 'src/index.ts', instance: 'src/instance.ts', gate: 'src/gate.ts' }

export default defineConfig({
  // `internal` is for the tests, and stays here.
  entry: { ...entry, internal: 'src/internal.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: { entry },
  sourcemap: true,
  clean: true,
})
