import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { isWhole } from '../../test/seed.js'
import { browserArgs, executablePath } from '../../test/support/browser.js'
import { hostTests } from './test/shared.js'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What isolates a page from others. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  globalSetup: ['../host/test/guests/build.mjs', 'test/helpers/servers.ts'],
}

export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'node', include: ['test/node/*.test.ts'] } },
      // Needs a browser; `npm test` gets one, or says why not.
      ...(executablePath === undefined ? [] : [inChromium(executablePath, 'chromium', ISOLATED)]),
      // The same in a page that is not isolated, where plugins are suspended while they wait.
      ...(executablePath === undefined || !isWhole ? [] : [inChromium(executablePath, 'suspended', {})]),
    ],
  },
})

function inChromium(executablePath: string, ...[name, headers]: [string, Record<string, string>]) {
  const shared = hostTests(at('../host/test')).filter(({ reason }) => reason === undefined)
  return {
    // The tests of the host for Node, over the host for pages.
    resolve: {
      alias: [
        { find: /^@wasm-plugin\/host$/, replacement: at('./dist/index.js') },
        { find: /^(\.\.?\/)+helpers\/guests\.js$/, replacement: at('./test/helpers/guests.ts') },
        { find: /^node:timers\/promises$/, replacement: at('./test/helpers/timers.ts') },
      ],
    },
    define: { 'process.env': '({})' },
    cacheDir: at(`../../.cache/vite-web-${name}`),
    server: { fs: { strict: false }, headers },
    test: {
      ...common,
      name,
      include: [
        ...(headers === ISOLATED ? ['test/*.test.ts'] : ['test/matrix.test.ts']),
        ...shared.map(({ file }) => `../host/test/${file}`),
      ],
      setupFiles: ['test/left-out.ts'],
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { executablePath, args: [...browserArgs, '--js-flags=--expose-gc'] },
        }),
        instances: [{ browser: 'chromium' as const }],
        commands: {
          assemble: async (_context: unknown, text: string) => [...(await parse(text))],
          guestText: (_context: unknown, name: string) =>
            readFile(at(`../host/test/guests/${name}.wat`), 'utf8'),
          isBuilt: (_context: unknown, file: string) => existsSync(at(`../host/test/guests/${file}`)),
        },
      },
    },
  }
}
