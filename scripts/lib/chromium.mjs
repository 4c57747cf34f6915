import { access } from 'node:fs/promises'
import { timed, warn } from './report.mjs'
import { run } from './run.mjs'

const BROWSER = '/usr/bin/chromium'

/**
 * The browser of the site test, as the environment variable that the test reads: Debian's package, installed when that
 * is possible. Without it the test skips itself and says why; in CI that is a failure.
 */
export async function setUpChromium() {
  if (process.env.CHROMIUM !== undefined) return { CHROMIUM: process.env.CHROMIUM }
  if (await exists(BROWSER)) return { CHROMIUM: BROWSER }
  const reason = await install()
  if (reason === undefined) return { CHROMIUM: BROWSER }
  if (process.env.CI === 'true') throw new Error(`no Chromium: ${reason}`)
  warn('No Chromium', `${reason}; the site test is skipped`)
  return {}
}

async function install() {
  if (!(await exists('/usr/bin/apt-get'))) return 'set CHROMIUM to the path of a Chromium or Chrome'
  if (process.getuid?.() !== 0) return 'run `sudo apt-get install chromium`'
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  try {
    await timed('Installing', 'chromium with apt-get', async () => {
      await run('apt-get', ['update', '-qq'], { env })
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env })
    })
  } catch (error) {
    return `apt-get could not install it (${error.message.split('\n').at(-1)})`
  }
  return undefined
}

function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  )
}
