import { installInCi } from './apt.mjs'
import { warn } from './report.mjs'

/** A registry, and another client of registries and layouts: 20 MB to download. The registry's tests start the one themselves. */
const PACKAGES = ['docker-registry', 'skopeo']

/** Installs them where CI may. Elsewhere the tests that need them are left out and say so; in CI they fail. */
export async function setUpRegistries() {
  try {
    await installInCi('docker-registry and skopeo', PACKAGES)
  } catch (error) {
    warn('Without', `docker-registry and skopeo: ${error.message}`)
  }
}
