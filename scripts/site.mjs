// `npm run site`: the documentation as a site, in site/dist. A link that leads nowhere fails it.
import { installDependencies, installSite } from './lib/pnpm.mjs'
import { report } from './lib/report.mjs'
import { script } from './lib/run.mjs'
import { buildSite } from './lib/site.mjs'

await script(async () => {
  await installDependencies()
  await installSite()
  await buildSite()
  report('Built', 'site/dist')
})
