import { access } from 'node:fs/promises'
import { isDebian12 } from './debian.mjs'
import { timed } from './report.mjs'
import { run } from './run.mjs'

/**
 * Installs packages of Debian where CI may: as root, on the Debian whose packages the set-up knows. Elsewhere nothing
 * of the machine changes.
 */
export async function installInCi(what, packages) {
  if (process.env.CI !== 'true' || process.getuid?.() !== 0 || !(await isDebian12())) return
  if (await areInstalled(packages)) return
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await timed('Installing', what, async () => {
    await run('apt-get', ['update', '-qq'], { env, timeoutMs: 120_000 })
    const options = ['-y', '-qq', '--no-install-recommends']
    await run('apt-get', ['install', ...options, ...packages], { env, timeoutMs: 300_000 })
  })
}

async function areInstalled(packages) {
  const lists = packages.map((name) => access(`/var/lib/dpkg/info/${name}.list`))
  return (await Promise.allSettled(lists)).every(({ status }) => status === 'fulfilled')
}
