// node build.mjs <component>: makes a component of guest.js.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { componentize } from '@bytecodealliance/componentize-js'
import { _addPreopen } from '@bytecodealliance/preview2-shim/filesystem'

const here = path.dirname(fileURLToPath(import.meta.url))
const wit = mkdtempSync(path.join(tmpdir(), 'guest-wit-'))
try {
  const deps = path.resolve(here, '../../../../../wit/deps')
  cpSync(path.join(here, '../wit'), wit, { recursive: true })
  for (const name of readdirSync(deps).filter((entry) => entry.startsWith('wasi-')))
    cpSync(path.join(deps, name), path.join(wit, 'deps', name), { recursive: true })
  // componentize-js reads the WIT by a component of its own, which sees what its WASI is given.
  _addPreopen('/', '/')
  const { component } = await componentize(readFileSync(path.join(here, 'guest.js'), 'utf8'), {
    witPath: wit,
    worldName: 'guest',
    enableAot: false,
  })
  writeFileSync(process.argv[2], component)
} finally {
  rmSync(wit, { recursive: true, force: true })
}
