import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { root, temporaryFolder } from './support/app.js'

const exec = promisify(execFile)
const packages = {
  embed: 'embed',
  gateway: 'gateway',
  host: 'host',
  inspector: 'inspector',
  manifest: 'manifest',
  runtime: 'runtime',
  sdk: 'plugin-sdk',
  wasi: 'wasi',
  web: 'web',
}

describe('the types of the packages', () => {
  it.each(['ES2023', 'ES2023,DOM'])('are read without complaint with lib %s', async (lib) => {
    await using folder = await temporaryFolder()
    const at = (...parts: string[]) => path.join(folder.path, ...parts)
    await mkdir(at('node_modules/@wasm-plugin'), { recursive: true })
    // As it is installed: what a package is developed with is out of reach.
    for (const [name, where] of Object.entries(packages))
      for (const part of ['package.json', 'dist'])
        await cp(path.join(root, 'packages', where, part), at('node_modules/@wasm-plugin', name, part), {
          recursive: true,
        })
    await symlink(path.join(root, 'node_modules/@types'), at('node_modules/@types'))
    await writeFile(at('package.json'), JSON.stringify({ type: 'module' }))
    const names = Object.keys(packages)
    const uses = names.map((name) => `import * as ${name} from '@wasm-plugin/${name}'`)
    await writeFile(at('app.ts'), `${uses.join('\n')}\nconsole.log(${names.join(', ')})\n`)
    const compilerOptions = {
      lib: [...lib.split(','), 'ESNext.Disposable'],
      types: ['node'],
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      // What is declared is checked too, as in a project that turns the shortcut off.
      skipLibCheck: false,
    }
    await writeFile(at('tsconfig.json'), JSON.stringify({ compilerOptions, include: ['app.ts'] }))
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await exec(process.execPath, [tsc, '-p', folder.path]).catch((error) => error)
    expect(stdout).toBe('')
  })
})
