import { installInCi } from './apt.mjs'
import { warn } from './report.mjs'

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
  try {
    await installInCi('clang and its libraries for WebAssembly', PACKAGES)
  } catch (error) {
    warn('Without', `a clang of the machine: ${error.message}`)
  }
}
