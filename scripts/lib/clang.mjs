import { access } from 'node:fs/promises'
import { isDebian12 } from './debian.mjs'
import { timed, warn } from './report.mjs'
import { run } from './run.mjs'

/** The clang of the machine that `--toolchain system` finds, with its libraries for WebAssembly: 26 MB to download. */
const PACKAGES = [
  ...['clang-22', 'lld-22', 'wasi-libc', 'libclang-rt-22-dev-wasm32'],
  ...['libc++-22-dev-wasm32', 'libc++abi-22-dev-wasm32'],
]

/**
 * Installs it where CI may. Builds with the packaged compiler need none of it, and the tests of this one say so when
 * they are left out.
 */
export async function setUpSystemClang() {
  if (process.env.CI !== 'true' || process.getuid?.() !== 0 || !(await isDebian12())) return
  if (await isInstalled()) return
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  try {
    await timed('Installing', 'clang and its libraries for WebAssembly', async () => {
      await run('apt-get', ['update', '-qq'], { env, timeoutMs: 120_000 })
      const options = ['-y', '-qq', '--no-install-recommends']
      await run('apt-get', ['install', ...options, ...PACKAGES], { env, timeoutMs: 300_000 })
    })
  } catch (error) {
    warn('Without', `a clang of the machine: ${error.message}`)
  }
}

async function isInstalled() {
  const lists = PACKAGES.map((name) => access(`/var/lib/dpkg/info/${name}.list`))
  return (await Promise.allSettled(lists)).every(({ status }) => status === 'fulfilled')
}
