import { installInCi } from './apt.mjs'
import { warn } from './report.mjs'

/**
 * Servers that read the paths of requests, and the answers of programs, each in its own way, and what loads a server: 4 MB to
 * download. Tests start them with a configuration of their own.
 */
const PACKAGES = ['nginx', 'apache2-bin', 'lighttpd', 'fcgiwrap', 'wrk']

/** Installs them where CI may. Elsewhere the tests that need them say so when they are left out; in CI they fail. */
export async function setUpWebServers() {
  try {
    await installInCi('nginx, Apache, lighttpd and wrk', PACKAGES)
  } catch (error) {
    warn('Without', `nginx, Apache, lighttpd and wrk: ${error.message}`)
  }
}
