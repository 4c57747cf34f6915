import { errors } from '../errors/index.js'

/**
 * The host that the project tests against. It is loaded when a test runs and nowhere else: a build of a plugin needs
 * no sandbox.
 *
 * @throws {TOOLCHAIN_MISSING}
 */
export async function loadHost() {
  try {
    const { createHost } = await import('@wasm-plugin/host')
    const { readManifest } = await import('@wasm-plugin/manifest')
    return { createHost, readManifest }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw errors.TOOLCHAIN_MISSING(
      {
        tool: '@wasm-plugin/host',
        reason: 'tests run the plugin on it, and it is not installed',
        fix: 'Run `npm install --save-dev @wasm-plugin/host` in the project.',
      },
      error,
    )
  }
}
