import { defineConfig } from 'tsup'

export default defineConfig({
  // Errors are an entry of their own for programs that start often. Each entry is one file, which a browser can be given
  // as it is; errors of both are recognised as one class.
  entry: { index: 'src/index.ts', errors: 'src/errors/index.ts', text: 'src/text/index.ts' },
  splitting: false,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  sourcemap: true,
  clean: true,
})
