import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as buildWith } from '@wasm-plugin/sdk'
import { expect } from 'vitest'
import { attack } from '../../../test/attack.js'
import { hostileProject, manifest } from './helpers/hostile-project.js'
import { linkModules } from './helpers/project.js'
import { runJson } from './helpers/run-cli.js'
import { component } from './helpers/sections.js'
import { tempDir } from './helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

/** The command as a process of its own in a folder, as a reviewer would start it. */
function wasmPlugin(argv: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((done) =>
    execFile(process.execPath, [BIN, ...argv], { cwd }, (_, stdout, stderr) => done({ stdout, stderr })),
  )
}

const codeOf = async (argv: readonly string[], cwd: string) =>
  (await runJson(argv, { cwd, env: process.env })).document.error?.code

attack(
  'F7',
  'Has scripts, configuration, compilers and hooks that run when somebody looks at its project',
  'inspect, validate, grants, types, bindings and new run none of them; build does, and says so in its help',
  async () => {
    const outside = tempDir()
    const mark = path.join(outside, 'owned')
    const dir = hostileProject(path.join(outside, 'project'), mark)
    mkdirSync(path.join(dir, 'dist'))
    writeFileSync(path.join(dir, 'dist/p.wasm'), component([]))
    const commands = [
      ['inspect', 'dist/p.wasm'],
      ['validate', 'dist/p.wasm', '--wit', 'wit'],
      ['grants', 'show', 'dist/p.wasm'],
      ['grants', 'diff', 'dist/p.wasm', 'dist/p.wasm'],
      ['types', '--wit', 'wit'],
      ...['assemblyscript', 'ts', 'js', 'c', 'cpp', 'wat'].flatMap((lang) => [
        ['bindings', '--lang', lang, '--wit', 'wit', '--out', path.join(outside, `bindings-${lang}`)],
        ['new', path.join(outside, `new-${lang}`), '--lang', lang, '--wit', 'wit'],
      ]),
      ['new', path.join(outside, 'new-rust'), '--lang', 'rust', '--wit', 'wit'],
    ]
    for (const argv of commands) {
      const { stdout, stderr } = await wasmPlugin(argv, dir)
      expect(stdout + stderr, argv.join(' ')).not.toBe('')
      expect(stderr, argv.join(' ')).not.toContain('error[INTERNAL_ERROR]')
      expect(existsSync(mark) && readFileSync(mark, 'utf8'), argv.join(' ')).toBe(false)
    }
    expect((await wasmPlugin(['build', '--help'], dir)).stdout).toContain('Building runs code of the project')
    writeFileSync(path.join(dir, 'wasm-plugin.json'), manifest({ language: 'assemblyscript' }))
    await wasmPlugin(['build'], dir)
    expect(existsSync(mark)).toBe(true)
  },
)

attack(
  'F8',
  'Names an entry, sources or headers outside of its folder, by `..`, by a whole path or through a link',
  'refused with a code, in every language; nothing of it is read',
  async () => {
    const outside = tempDir()
    writeFileSync(
      path.join(outside, 'secret.ts'),
      'export function greet(name: string): string { return "secret"; }',
    )
    const dir = hostileProject(path.join(outside, 'project'), path.join(outside, 'owned'))
    symlinkSync(path.join(outside, 'secret.ts'), path.join(dir, 'src/link.ts'))
    symlinkSync(outside, path.join(dir, 'folder'))
    const entries = ['../secret.ts', path.join(outside, 'secret.ts'), 'src/link.ts', 'folder/secret.ts']
    for (const language of ['assemblyscript', 'ts', 'js', 'rust', 'c', 'cpp', 'wat']) {
      for (const entry of entries) {
        writeFileSync(path.join(dir, 'wasm-plugin.json'), manifest({ language, entry }))
        expect(await codeOf(['build'], dir), `${language} ${entry}`).toBe('PATH_OUTSIDE_PROJECT')
      }
    }
    for (const key of ['sources', 'include']) {
      for (const place of ['../x', outside, 'folder', 'src/link.ts']) {
        writeFileSync(path.join(dir, 'wasm-plugin.json'), manifest({ language: 'c', [key]: [place] }))
        expect(await codeOf(['build'], dir), `${key} ${place}`).toMatch(
          /^(PATH_OUTSIDE_PROJECT|INVALID_BUILD_SETTING)$/,
        )
      }
    }
    rmSync(path.join(dir, 'node_modules'), { recursive: true })
    symlinkSync(
      fileURLToPath(new URL('../../plugin-sdk/node_modules', import.meta.url)),
      path.join(dir, 'node_modules'),
    )
    symlinkSync(path.join(outside, 'secret.ts'), path.join(dir, 'src/linked.h'))
    writeFileSync(path.join(dir, 'src/plugin.c'), '')
    writeFileSync(path.join(dir, 'wasm-plugin.json'), manifest({ language: 'c' }))
    expect(await codeOf(['build'], dir)).toBe('PATH_OUTSIDE_PROJECT')
    expect(existsSync(path.join(dir, 'dist'))).toBe(false)
  },
)

attack(
  'F9',
  'Puts a link to another folder in the place of generated files or of the output',
  'refused; nothing there is written or removed',
  async () => {
    const outside = tempDir()
    const precious = path.join(outside, 'precious')
    mkdirSync(path.join(precious, 'deep'), { recursive: true })
    writeFileSync(path.join(precious, 'deep/notes.txt'), 'mine')
    writeFileSync(path.join(precious, 'p.wasm'), 'mine')
    for (const [language, place] of [
      ['assemblyscript', 'assembly/gen'],
      ['js', 'src/gen'],
      ['c', 'src/gen'],
      ['assemblyscript', 'dist'],
      ['rust', 'dist'],
    ] as const) {
      const dir = path.join(outside, `${language}-${place.replace('/', '-')}`)
      hostileProject(dir, path.join(outside, 'owned'))
      for (const name of ['node_modules', 'asconfig.json']) rmSync(path.join(dir, name), { recursive: true })
      linkModules(dir)
      const modules = fileURLToPath(new URL('../../plugin-sdk/node_modules', import.meta.url))
      for (const name of ['esbuild', 'componentize-qjs', '@yowasp'])
        symlinkSync(path.join(modules, name), path.join(dir, 'node_modules', name))
      writeFileSync(path.join(dir, 'src/plugin.c'), '')
      symlinkSync(precious, path.join(dir, place))
      writeFileSync(
        path.join(dir, 'wasm-plugin.json'),
        manifest({ language, ...(language === 'js' ? { engine: 'qjs' } : {}) }),
      )
      expect(await codeOf(['build'], dir), `${language} ${place}`).toBe('PATH_OUTSIDE_PROJECT')
      expect(readdirSync(precious, { recursive: true }).sort()).toEqual(['deep', 'deep/notes.txt', 'p.wasm'])
      expect(readFileSync(path.join(precious, 'p.wasm'), 'utf8')).toBe('mine')
    }
  },
  240_000,
)

attack(
  'F10',
  'Brings transforms, build scripts, macros, flags and compilers to a build with `--no-project-code`',
  'refused with a code, or built by compilers from elsewhere; none of it runs',
  async () => {
    const outside = tempDir()
    const mark = path.join(outside, 'owned')
    const dir = hostileProject(path.join(outside, 'project'), mark)
    const build = async (settings: object, ...argv: string[]) => {
      writeFileSync(path.join(dir, 'wasm-plugin.json'), manifest(settings))
      const { document } = await runJson(['build', '--no-project-code', ...argv], {
        cwd: dir,
        env: process.env,
      })
      expect(existsSync(mark) && readFileSync(mark, 'utf8'), JSON.stringify(settings)).toBe(false)
      return document.ok ? 'ok' : document.error?.code
    }
    const assemblyscript = { language: 'assemblyscript' }
    expect(await build(assemblyscript)).toBe('PROJECT_CODE_REFUSED')
    const options = '{ "options": { "trans\\u0066orm": ["./transform.mjs"] } }'
    writeFileSync(path.join(dir, 'asconfig.json'), options)
    expect(await build(assemblyscript)).toBe('PROJECT_CODE_REFUSED')
    writeFileSync(path.join(dir, 'asconfig.json'), '{ "extends": "./base.ts" }')
    writeFileSync(path.join(dir, 'base.ts'), options)
    expect(await build(assemblyscript)).toBe('PROJECT_CODE_REFUSED')
    writeFileSync(path.join(dir, 'asconfig.json'), '{ "options": { "initialMemory": 40 } }')
    expect(await build(assemblyscript)).toBe('ok')
    expect(await build({ language: 'rust' })).toBe('PROJECT_CODE_REFUSED')
    expect(await build({ language: 'js', engine: 'qjs' })).toBe('ok')
    expect(await build({ language: 'ts', engine: 'qjs' })).toBe('ok')
    writeFileSync(
      path.join(dir, 'src/plugin.c'),
      '#include "plugin.h"\nvoid exports_plugin_greet(plugin_string_t *name, plugin_string_t *ret) { *ret = *name; }\n',
    )
    expect(await build({ language: 'c', flags: ['-DX=1', '-O2', '-std=c17'] })).toBe('ok')
    for (const flag of [
      '-fplugin=./evil.so',
      '-B.',
      '@flags',
      '-Wl,--plugin=x',
      '-fuse-ld=./evil.sh',
      '-specs=x',
    ])
      expect(await build({ language: 'c', flags: [flag] }, '--toolchain', 'system'), flag).toBe(
        'PROJECT_CODE_REFUSED',
      )
    // What is installed with the SDK is the project's own when the SDK is in the project.
    const repository = fileURLToPath(new URL('../../../', import.meta.url))
    const own = {
      dir: repository,
      name: 'p',
      wit: 'wit',
      language: 'assemblyscript',
      projectCode: false,
    } as const
    const entry = 'examples/assemblyscript-plugin/assembly/index.ts'
    await expect(buildWith({ ...own, entry })).rejects.toMatchObject({ code: 'PROJECT_CODE_REFUSED' })
  },
  240_000,
)

attack(
  'F30',
  'Has a FIFO in the place of a generated file, of the record of them, of a package it depends on, or of a source',
  'the build neither waits for it nor writes to it; it says what is in the way, or missing',
  async () => {
    const dir = tempDir()
    const place = (name: string) => path.join(dir, name)
    for (const folder of ['wit', 'src/gen', 'assembly', 'node_modules/assemblyscript'])
      mkdirSync(place(folder), { recursive: true })
    writeFileSync(place('wit/w.wit'), 'package a:b; world w { export f: func(); }')
    writeFileSync(place('src/plugin.c'), '#include "gen/w.h"\nvoid exports_w_f(void) {}\n')
    writeFileSync(place('assembly/index.ts'), "import { g } from './g'\nexport function f(): void { g() }\n")
    const buildIn = async (language: string) => {
      writeFileSync(place('wasm-plugin.json'), manifest({ language }))
      const { document } = await runJson(['build'], { cwd: dir, env: process.env })
      return document.ok ? 'ok' : document.error
    }
    const fifo = (name: string) => execFileSync('mkfifo', [place(name)])

    fifo('node_modules/assemblyscript/package.json')
    expect(await buildIn('assemblyscript')).not.toBe('ok')
    rmSync(place('node_modules'), { recursive: true })
    const modules = fileURLToPath(new URL('../../plugin-sdk/node_modules', import.meta.url))
    symlinkSync(modules, place('node_modules'))
    fifo('assembly/g.ts')
    expect(await buildIn('assemblyscript')).toMatchObject({ code: 'COMPILE_FAILED' })
    for (const name of ['w.h', '.wasm-plugin-generated.json']) {
      fifo(`src/gen/${name}`)
      expect(await buildIn('c'), name).toMatchObject({
        code: 'GENERATED_IN_THE_WAY',
        message: expect.stringContaining(name),
      })
      rmSync(place(`src/gen/${name}`))
    }
  },
)

attack(
  'F21',
  'Has a FIFO, a device or a file of 20 GB in the place of its component, its contract or its manifest',
  'each command says so: it neither waits nor reads on',
  async () => {
    const dir = tempDir()
    execFileSync('mkfifo', [path.join(dir, 'fifo')])
    writeFileSync(path.join(dir, 'sparse'), '')
    truncateSync(path.join(dir, 'sparse'), 20 * 2 ** 30)
    mkdirSync(path.join(dir, 'wit'))
    writeFileSync(path.join(dir, 'wit/w.wit'), 'package a:b;\nworld w {}\n')
    const inPlaceOf = (name: string, target: string) => {
      rmSync(path.join(dir, name), { force: true })
      symlinkSync(target, path.join(dir, name))
    }
    const readers = [['inspect'], ['validate'], ['grants', 'show'], ['run']]
    for (const [target, code] of [
      ['fifo', 'NOT_A_FILE'],
      ['/dev/zero', 'NOT_A_FILE'],
      ['sparse', 'LIMIT_EXCEEDED'],
    ] as const) {
      inPlaceOf('p.wasm', target)
      for (const command of readers) {
        const rest = command[0] === 'run' ? ['f'] : command[0] === 'validate' ? ['--wit', 'wit'] : []
        expect(await codeOf([...command, 'p.wasm', ...rest], dir), `${command} ${target}`).toBe(code)
      }
      inPlaceOf('wasm-plugin.json', target)
      expect(await codeOf(['build'], dir), `build ${target}`).toBe('NO_PROJECT')
      inPlaceOf('c.wit', target)
      const contract = target === 'sparse' ? 'WIT_UNREADABLE' : 'WIT_MISSING'
      expect(await codeOf(['types', '--wit', 'c.wit'], dir), `types ${target}`).toBe(contract)
    }
  },
)
