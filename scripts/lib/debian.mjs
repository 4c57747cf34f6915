import { readFile } from 'node:fs/promises'

/** Whether this is Debian 12, whose packages the set-up knows. */
export async function isDebian12() {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID=debian$/m.test(release) && /^VERSION_ID="12"$/m.test(release)
}
