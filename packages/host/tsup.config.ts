import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/manifest/index.ts', 'src/worker/main.ts', 'src/worker/transpile.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry: ['src/index.ts', 'src/manifest/index.ts'] },
  splitting: true,
  sourcemap: true,
  clean: true,
  // Bundled, so that an install of the host stays small: only the parts that are used.
  noExternal: ['zod'],
  // An optional peer, imported only by the thread that transpiles.
  external: ['@bytecodealliance/jco-transpile'],
})
