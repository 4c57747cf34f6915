import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** Folder of the repository's contracts. */
export const WIT_DIR = fileURLToPath(new URL('../../../../wit/', import.meta.url))

const folders: string[] = []
// This module is loaded for each file of tests. Its process is ended from outside, without an `exit`.
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true })
})

/** Makes a folder with these files, removed after the tests of the file. */
export function makeFolder(files: Record<string, string | Uint8Array>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'wasm-plugin-test-')))
  folders.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

/** An AssemblyScript project with these files, and the compiler that this package is tested with. */
export function makeProject(files: Record<string, string>): string {
  return makeFolderWith('assemblyscript', files)
}

/** A C or C++ project with these files, and the compiler that this package is tested with. */
export function makeClangProject(files: Record<string, string>): string {
  return makeFolderWith('@yowasp/clang', files)
}

function makeFolderWith(compiler: string, files: Record<string, string>): string {
  const manifest = JSON.stringify({ devDependencies: { [compiler]: '*' } })
  const dir = makeFolder({ 'package.json': manifest, ...files })
  const link = join(dir, 'node_modules', compiler)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(realpathSync(fileURLToPath(new URL(`../../node_modules/${compiler}`, import.meta.url))), link)
  return dir
}
