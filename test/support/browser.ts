import { type Browser, chromium } from 'playwright-core'

/** Set by `npm test`, which installs a browser where it can. */
export const executablePath = process.env.CHROMIUM

/** It talks to nobody but its pages. */
export const browserArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser that talks to nobody but the page. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...browserArgs],
  })
}
