import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { isWhole } from './seed.js'
import { root } from './support/app.js'

/** What `npm run demo:serve -- --json` does once the packages are built. */
const DEMO = `
  const [build, demo] = await Promise.all(process.argv.slice(1).map((file) => import(file)))
  console.log(JSON.stringify(await demo.demonstrateServing(await build.buildServeApp(), { say() {} })))`

// Its plugins are in four languages, of which compilers take most of a minute.
it.skipIf(!isWhole)(
  'the demo of serving has every route answer, shows a denial, and drains',
  async () => {
    const scripts = ['build-serve-app.mjs', 'serve-demo.mjs'].map((file) =>
      path.join(root, 'scripts/lib', file),
    )
    const argv = ['--input-type=module', '-e', DEMO, ...scripts]
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root })
    const { schema, routes, denied, drained } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect({ schema, drained }).toEqual({ schema: 1, drained: true })
    const wanted = [
      { route: '/hello/:name', kind: 'wasi:http', language: 'JavaScript' },
      { route: '/notes/...', kind: 'wagi', language: 'C' },
      { route: '/...', kind: 'wasi:http', language: 'AssemblyScript' },
    ]
    const each = wanted.map((one) => ({ ...one, status: 200, ms: expect.any(Number) }))
    // Rust is built where its tools are.
    expect(routes.slice(-3)).toEqual(each)
    if (routes.length === 3) return
    expect(routes[0]).toMatchObject({ route: '/api/...', language: 'Rust', status: 200 })
    expect(denied).toEqual([{ route: '/api/...', operation: 'GET', target: 'https://api.example/' }])
  },
  600_000,
)
