import { cpSync, rmSync } from 'node:fs'
import { defineConfig } from 'tsup'

// The package ships the WASI packages, so that a world can import them without vendoring a copy.
rmSync('wit', { recursive: true, force: true })
cpSync('../../wit/deps', 'wit', { recursive: true })

const entry = { index: 'src/index.ts', testing: 'src/testing/index.ts' }
const processes = { 'asc-process': 'src/asc-process.ts', 'starling-process': 'src/starling-process.ts' }

export default defineConfig({
  // `internal` is for the tests, and stays here.
  entry: { ...entry, ...processes, internal: 'src/internal.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: { entry },
  splitting: true,
  sourcemap: true,
  clean: true,
})
