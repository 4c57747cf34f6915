import { access } from 'node:fs/promises'
import { installInCi } from './apt.mjs'
import { warn } from './report.mjs'

const BROWSER = '/usr/bin/firefox-esr'

/** A second browser for the tests of pages, as the environment variable that they read: Debian's, installed where CI may. */
export async function setUpFirefox() {
  if (process.env.FIREFOX !== undefined) return { FIREFOX: process.env.FIREFOX }
  try {
    await installInCi('firefox-esr', ['firefox-esr'])
    await access(BROWSER)
    return { FIREFOX: BROWSER }
  } catch (error) {
    warn('Without', `Firefox: ${error.message}; the tests of pages in it are skipped`)
    return {}
  }
}
