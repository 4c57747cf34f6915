import { defineConfig } from 'tsup'

export default defineConfig({
  // The thread's side is an entry of its own: it loads no schema, and nothing of the application's side.
  entry: {
    index: 'src/index.ts',
    thread: 'src/thread.ts',
    wire: 'src/wire/index.ts',
    services: 'src/services/index.ts',
    internal: 'src/internal.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  clean: true,
})
