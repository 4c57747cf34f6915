// Sets up, builds and runs every test. The last line of stdout is `N passed, N failed`, with `, N skipped` if any were.
// Names select suites: `npm test -- packages/host test`.
import { build } from './build.mjs'
import { setUpChromium } from './lib/chromium.mjs'
import { report } from './lib/report.mjs'
import { script } from './lib/run.mjs'
import { suites } from './lib/suites.mjs'
import { setup } from './setup.mjs'

await script(async () => {
  const { rust } = await setup()
  const env = await setUpChromium()
  await build({ rust })

  const wanted = process.argv.slice(2)
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const suite of suites({ rust, env })) {
    if (wanted.length > 0 && !wanted.includes(suite.name)) continue
    report('Testing', suite.name)
    const counts = await suite.run(suite.name)
    for (const key of Object.keys(total)) total[key] += counts[key]
  }
  console.log(summary(total))
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1
})

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
