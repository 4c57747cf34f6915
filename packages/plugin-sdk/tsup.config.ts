import { cpSync, rmSync } from 'node:fs'
import { defineConfig } from 'tsup'

// The package ships the WASI packages, so that a world can import them without vendoring a copy.
rmSync('wit', { recursive: true, force: true })
cpSync('../../wit/deps', 'wit', { recursive: true })

export default defineConfig({
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
})
