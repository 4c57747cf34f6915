import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const at = (name) => fileURLToPath(new URL(`../../guests/${name}`, import.meta.url))

/**
 * Files of what is served: the handler in Rust, and one program in C, to WebAssembly and for this machine. What this machine has
 * no compiler for is missing.
 *
 * @param {{ needsSite: boolean, needsPage: boolean }} which
 */
export async function builtGuests({ needsSite, needsPage }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-bench-'))
  // The servers of CGI give up the rights of root.
  await chmod(folder, 0o755)
  return {
    folder,
    site: needsSite ? await built(site) : undefined,
    page: needsPage ? await built(() => page(path.join(folder, 'page.wasm'))) : undefined,
    native: needsPage ? await built(() => native(path.join(folder, 'page.cgi'))) : undefined,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function built(build) {
  try {
    return await build()
  } catch (error) {
    process.stderr.write(`${error.message.trim()}\n`)
    return undefined
  }
}

async function site() {
  const target = path.join(tmpdir(), 'wasm-plugin-bench-target')
  const env = { ...process.env, CARGO_TARGET_DIR: target, RUSTUP_AUTO_INSTALL: '0' }
  await exec('cargo', ['build', '--release', '--locked', '--target', 'wasm32-wasip2'], {
    cwd: at('site'),
    env,
  })
  return path.join(target, 'wasm32-wasip2/release/site.wasm')
}

async function page(file) {
  const { runClang } = await import('@yowasp/clang')
  const files = { 'page.c': await readFile(at('page.c')) }
  const quiet = { stderr: () => {} }
  const tree = await runClang(['clang', '-O2', 'page.c', '-o', 'page.wasm'], files, quiet)
  await writeFile(file, tree['page.wasm'])
  return file
}

async function native(file) {
  await exec('cc', ['-O2', at('page.c'), '-o', file])
  return file
}
