import { executablePath, launchBrowser } from '../../../../test/support/browser.js'
import { Firefox, firefoxPath } from '../../../../test/support/firefox.js'
import { type Site, visit, visitInFirefox } from './site.js'

/** Those that pages are tried in: the name, where it is, and how it is started. */
export const browsers = [
  ['Chromium', executablePath, startChromium],
  ['Firefox', firefoxPath, startFirefox],
] as const

async function startChromium() {
  const browser = await launchBrowser()
  return { visit: (site: Site) => visit(browser, site), close: () => browser.close() }
}

async function startFirefox(executable: string) {
  const firefox = await Firefox.launch(executable)
  return { visit: (site: Site) => visitInFirefox(firefox, site), close: () => firefox.close() }
}
