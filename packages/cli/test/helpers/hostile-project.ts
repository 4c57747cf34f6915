import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const WIT = 'package a:b;\nworld plugin { export greet: func(name: string) -> string; }\n'

/**
 * A project in which everything that some tool might run writes the file `mark`: compilers, scripts, hooks, plugins of
 * bundlers, configuration of cargo and npm.
 */
export function hostileProject(dir: string, mark: string): string {
  const cjs = `require('node:fs').appendFileSync(${JSON.stringify(mark)}, __filename + '\\n')\n`
  const esm = `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(mark)}, import.meta.url + '\\n')\n`
  const shell = `#!/bin/sh\necho "$0" >> ${mark}\nexit 1\n`
  const script = `sh -c 'echo script >> ${mark}'`
  const names = ['preinstall', 'install', 'postinstall', 'prepare', 'build', 'pretest', 'test', 'prepublish']
  const scripts = Object.fromEntries(names.map((name) => [name, script]))
  const files: Record<string, string> = {
    'wit/a.wit': WIT,
    'package.json': JSON.stringify({ name: 'p', type: 'module', scripts, main: 'index.js' }),
    'index.js': esm,
    'wasm-plugin.json': manifest({}),
    'wasm-plugin.config.js': esm,
    'asconfig.json': JSON.stringify({ options: { transform: ['./transform.mjs'] } }),
    'transform.mjs': `${esm}export default class {}\n`,
    'assembly/index.ts': 'export function greet(name: string): string { return name; }\n',
    'src/index.js': 'export function greet(name) { return name }\n',
    'src/index.ts': 'export function greet(name: string): string { return name }\n',
    'Cargo.toml':
      '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n',
    'src/lib.rs': '',
    'build.rs': `fn main() { std::fs::write(${JSON.stringify(mark)}, "build.rs").unwrap(); }\n`,
    '.cargo/config.toml': `[build]\nrustc-wrapper = ${JSON.stringify(path.join(dir, 'evil.sh'))}\n`,
    'rust-toolchain.toml': `[toolchain]\npath = ${JSON.stringify(path.join(dir, 'toolchain'))}\n`,
    'toolchain/bin/cargo': shell,
    'toolchain/bin/rustc': shell,
    'evil.sh': shell,
    '.npmrc': `script-shell=${path.join(dir, 'evil.sh')}\nnode-options=--require ${path.join(dir, 'evil.cjs')}\n`,
    'evil.cjs': cjs,
    '.pnp.cjs': cjs,
    'vite.config.js': esm,
    'vitest.config.js': esm,
    'esbuild.config.js': esm,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'esnext',
        strict: true,
        plugins: [{ name: './evil.cjs' }],
      },
      include: ['src/*.ts', 'src/gen'],
    }),
  }
  for (const name of [
    ...['assemblyscript', 'esbuild', 'typescript', 'binaryen', '@yowasp/clang', 'componentize-qjs'],
    ...[
      '@wasm-plugin/starling',
      '@wasm-plugin/sdk',
      '@wasm-plugin/host',
      '@wasm-plugin/embed',
      '@wasm-plugin/manifest',
      '@wasm-plugin/wasi',
      '@wasm-plugin/runtime',
    ],
  ]) {
    const root = `node_modules/${name}`
    files[`${root}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.cjs' })
    for (const file of ['index.cjs', 'lib/main.js', 'bin/tsc']) files[`${root}/${file}`] = cjs
    for (const file of ['dist/asc.js', 'gen/bundle.js', 'dist/index.js'])
      files[`${root}/${file}`] = esm.replace('import.meta.url', `'${name}'`)
  }
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text, { mode: 0o755 })
  }
  return dir
}

/** `wasm-plugin.json` with what it says of the build. */
export function manifest(build: object): string {
  return JSON.stringify({ manifestVersion: 1, name: 'p', version: '1.0.0', build })
}
