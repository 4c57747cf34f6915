import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runDebugged } from '../helpers/debugged-run.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const PLUGIN = fileURLToPath(
  new URL('../../../../examples/assemblyscript-plugin/dist/insights.wasm', import.meta.url),
)
const DOCUMENT = '{"path": "a.md", "markdown": "one two"}'

it.skipIf(!existsSync(PLUGIN))(
  'run --inspect stops before the call, when the plugin can be looked at',
  async () => {
    const args = [BIN, 'run', PLUGIN, 'analyze', DOCUMENT, '[]', '--inspect', '--json']
    const { exitCode, before, stdout, symbols } = await runDebugged(args)
    expect(before).toBe('')
    expect(symbols.some((each) => each.includes('SourceMap'))).toBe(true)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).result.value).toMatchObject({ words: 2 })
  },
)
