// Sets up, builds and runs every test. The last line of stdout is `N passed, N failed`, with `, N skipped` if any were.
// Names select suites: `npm test -- packages/host test`.
import { build } from './build.mjs'
import { setUpChromium } from './lib/chromium.mjs'
import { setUpFirefox } from './lib/firefox.mjs'
import { script } from './lib/run.mjs'
import { runSuites, suites } from './lib/suites.mjs'
import { setup } from './setup.mjs'

await script(async () => {
  const { rust } = await setup()
  const env = { ...(await setUpChromium()), ...(await setUpFirefox()) }
  await build({ rust })
  // Several suites want them. What builds them uses packages that were not there before the set-up.
  const { default: buildGuests } = await import('../packages/host/test/guests/build.mjs')
  await buildGuests()

  const wanted = process.argv.slice(2)
  const total = await runSuites(
    suites({ rust, env }).filter(({ name }) => wanted.length === 0 || wanted.includes(name)),
  )
  console.log(summary(total))
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1
})

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
