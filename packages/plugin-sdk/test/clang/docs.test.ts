import { readFileSync } from 'node:fs'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeClangProject, WIT_DIR } from '../support/project.js'

const guide = readFileSync(new URL('../../../../docs/c.md', import.meta.url), 'utf8')

describe('docs/c.md', { timeout: 600_000 }, () => {
  it.each(['c', 'cpp'] as const)('has a plugin in %s that compiles without a warning', async (language) => {
    const code = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(guide)?.[1] ?? ''
    const dir = makeClangProject({ [`src/plugin.${language}`]: code })
    const built = await build({
      dir,
      name: 'guide',
      wit: `${WIT_DIR}acme-site/v0.1`,
      world: 'renderer',
      mode: 'debug',
    })
    expect(built).toMatchObject({ language, warnings: [] })
  })
})
