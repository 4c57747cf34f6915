import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { attack } from '../../../test/attack.js'
import { runCli } from './helpers/run-cli.js'
import { component, customSection, leb, text } from './helpers/sections.js'
import { tempDir } from './helpers/temp-dir.js'

/** Clears the screen, renames the window, colours by C1, reorders, hides, and starts lines that look like ours. */
const EVIL =
  '\u001b[2J\u001b]0;t\u0007\u009b31m\u202e\u2066\u200b\u2060\ufeff\u00ad\u2028\u2029\r\nAsks for\n  nothing\n\u0008\u{e0041}\u3164\ud800'

/** What must not be there raw; line ends of our own may. */
const RAW = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the command are escape sequences.
const COLOUR = /\u001b\[\d+m/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const REAL_COLOUR = /\u001b\[(?:1|2|22|31|32|33|36|39)m/

/** Runs a command in each way that its output can look, and checks all of it. */
async function expectHarmless(argv: readonly string[], cwd: string): Promise<string> {
  let plain = ''
  for (const extra of [[], ['--verbose', '--color', 'always'], ['--json']]) {
    const { stdout, stderr } = await runCli([argv[0]!, ...extra, ...argv.slice(1)], { cwd, isTTY: false })
    const all = stdout + stderr
    for (const [colour] of all.matchAll(COLOUR)) expect(colour).toMatch(REAL_COLOUR)
    expect(RAW.exec(all.replace(COLOUR, ''))?.[0], `${argv.join(' ')} ${extra.join(' ')}`).toBe(undefined)
    if (extra[0] === '--json') JSON.parse(stdout)
    else expect((all.replace(COLOUR, '').match(/^Asks for$/gm) ?? []).length).toBeLessThanOrEqual(1)
    if (extra.length === 0) plain = all
  }
  return plain
}

describe('text that a plugin chose', () => {
  attack(
    'F1',
    'Has sections, tools and descriptions whose texts drive a terminal or look like ours',
    'every character of them is shown, in every command and in JSON',
    async () => {
      const dir = tempDir()
      const producers = [leb(1), text(EVIL), leb(1), text(EVIL), text(EVIL)].flat()
      const sections = [
        customSection(EVIL, [1]),
        customSection('x", "y', [1]),
        customSection('producers', producers),
        ...['version', 'description', 'authors', 'licenses', 'source', 'homepage', 'revision'].map((name) =>
          customSection(name, [...new TextEncoder().encode(EVIL)]),
        ),
      ]
      writeFileSync(path.join(dir, 'evil.wasm'), component(sections))
      const shown = await expectHarmless(['inspect', 'evil.wasm'], dir)
      expect(shown).toContain('\\u{1b}[2J')
      expect(shown.match(/^Asks for$/gm)).toHaveLength(1)
      expect(shown).toContain('"x\\", \\"y"')
      await expectHarmless(['grants', 'show', 'evil.wasm'], dir)
      await expectHarmless(['grants', 'diff', 'evil.wasm', 'evil.wasm'], dir)
      writeFileSync(path.join(dir, 'a.wit'), 'package a:b;\nworld w { export f: func(); }\n')
      await expectHarmless(['validate', 'evil.wasm', '--wit', 'a.wit'], dir)
      await expectHarmless(['run', 'evil.wasm', EVIL], dir)
    },
  )

  attack(
    'F2',
    'Writes hidden characters, line ends or runs of spaces into its manifest',
    'refused, and the refusal shows them',
    async () => {
      const dir = tempDir()
      const manifests = [
        { fs: [{ at: `/data${EVIL}`, access: 'read', reason: 'x' }] },
        { fs: [{ at: '/data\u200b', access: 'read', reason: 'x' }] },
        { fs: [{ at: '/data (read)        Reads its settings.', access: 'read-write', reason: 'x' }] },
        { fs: [{ at: '/data', access: 'read', reason: EVIL }] },
        { fs: [{ at: '/data', access: 'read', reason: `x${' '.repeat(70)}Asks for` }] },
        { env: [{ key: `LANG${EVIL}`, reason: 'x' }] },
        { env: [{ key: 'LANG\u2060', reason: 'x' }] },
        { net: [{ allow: `https://a.example/${EVIL}`, reason: 'x' }] },
        { net: [{ allow: 'https://\u0430pi.example.com', reason: 'x' }] },
        { [EVIL]: [] },
      ]
      const documents = [
        ...manifests.map((capabilities) => ({ capabilities })),
        ...['name', 'version', 'description', 'id', 'world', '$schema', EVIL].map((key) => ({ [key]: EVIL })),
      ].map((part) => JSON.stringify({ manifestVersion: 1, name: 'a', version: '1.0.0', ...part }))
      for (const [index, manifest] of [...documents, `{ "a": ${EVIL} }`].entries()) {
        const section = customSection('wasm-plugin:manifest', [...new TextEncoder().encode(manifest)])
        writeFileSync(path.join(dir, 'evil.wasm'), component([section]))
        const shown = await expectHarmless(['inspect', 'evil.wasm'], dir)
        expect(shown, `manifest ${index}`).toMatch(/error\[MANIFEST_(INVALID|NOT_JSON)\]/)
        await expectHarmless(['grants', 'show', 'evil.wasm'], dir)
      }
    },
  )

  attack(
    'F3',
    'Gives its functions names that drive a terminal, and has code that the engine refuses',
    "the engine's message shows them",
    async () => {
      const dir = tempDir()
      const names = [0, ...sized([1, ...sized([...leb(1), ...leb(0), ...text(EVIL)])])]
      const broken = [
        ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        ...[1, ...sized([1, 0x60, 0, 1, 0x7f])],
        ...[3, ...sized([1, 0])],
        ...[10, ...sized([1, ...sized([0, 0x0b])])],
        ...[0, ...sized([...text('name'), ...names.slice(1)])],
      ]
      writeFileSync(path.join(dir, 'evil.wasm'), component([[1, ...sized(broken)]]))
      for (const command of [['inspect'], ['run']]) {
        await expectHarmless([...command, 'evil.wasm', ...(command[0] === 'run' ? ['f'] : [])], dir)
      }
      const { Component } = await import('@wasm-plugin/runtime')
      const refused = Component.compile(readFileSync(path.join(dir, 'evil.wasm'))).catch((error) => error)
      const { message } = await refused
      expect(message).toContain('the component')
      expect(RAW.exec(message)?.[0]).toBe(undefined)
      expect(message).not.toContain('\n')
    },
  )
})

describe('what a plugin says when it runs', () => {
  const cwd = mouth()

  beforeAll(async () => {
    const { exitCode, stderr } = await runCli(['build'], { cwd })
    if (exitCode !== 0) throw new Error(stderr)
  })

  attack(
    'F4',
    'Answers, fails, logs, panics and calls out with texts that drive a terminal',
    'each is shown; JSON keeps the very text',
    async () => {
      const run = (...argv: string[]) => expectHarmless(['run', 'dist/mouth.wasm', ...argv], cwd)
      expect(await run('answer', EVIL)).toContain('\\u001b[2J')
      expect(await run('refuse', EVIL)).toContain('error[RESULT_ERROR]')
      expect(await run('write-line', EVIL)).toContain('\\u{1b}[2J')
      expect(await run('panic', EVIL)).toContain('error[GUEST_TRAP]')
      expect(await run('tell', EVIL)).toContain('called acme:mouth/application@0.1.0#tell("\\u001b[2J')
      const { stdout } = await runCli(['run', 'dist/mouth.wasm', 'answer', EVIL, '--json'], { cwd })
      expect(JSON.parse(stdout).result.value).toEqual({
        tag: 'shouted',
        val: EVIL.replace('\ud800', '\ufffd'),
      })
    },
  )

  attack(
    'F5',
    'Uses files and variables whose names drive a terminal or end a quotation of the shell',
    'denials, the flags that are proposed and learned grants show them as one word',
    async () => {
      const run = (...argv: string[]) => expectHarmless(['run', 'dist/mouth.wasm', ...argv], cwd)
      const denied = await run('read-file', `/data/${EVIL}/x`)
      expect(denied).toContain('denied fs')
      await run('read-variable', EVIL)
      const data = path.join(cwd, 'files')
      mkdirSync(path.join(data, "'; touch owned; '"), { recursive: true })
      const place = "/data/'; touch owned; '/x"
      expect(await run('write-file', place, '--allow-read', `${data}:/data`)).toContain(
        "--allow-write <folder>:'/data/'\\''; touch owned; '\\'''",
      )
      const name = EVIL.replace('\ud800', '').replaceAll(/[\n\0]/g, ' ')
      const learn = (file: string) => ['--allow-write', `${data}:/data`, '--learn', file]
      await run('write-file', `/data/${name}`, ...learn('-'))
      await run('write-file', `/data/${name}`, ...learn('grants.json'))
      expect(RAW.exec(readFileSync(path.join(cwd, 'grants.json'), 'utf8'))?.[0]).toBe(undefined)
    },
  )
})

attack(
  'F6',
  'Is called like an option, a command or a sequence of a terminal',
  'messages about the name show it',
  async () => {
    const cwd = tempDir()
    const commands = [
      [EVIL],
      ['help', EVIL],
      ['inspect', EVIL],
      ['inspect', `--${EVIL}`],
      ['run', EVIL, EVIL],
      ['new', EVIL, '--lang', 'c'],
      ['types', '--wit', EVIL],
      ['build', EVIL],
      ['doctor', '--lang', EVIL],
    ]
    for (const argv of commands) await expectHarmless(argv, cwd)
    writeFileSync(path.join(cwd, 'evil.wit'), `package a:b;\n/// ${EVIL}\nworld w { export f: func(); }`)
    await expectHarmless(['types', '--wit', 'evil.wit'], cwd)
    writeFileSync(path.join(cwd, 'wasm-plugin.json'), JSON.stringify({ build: { [EVIL]: EVIL } }))
    await expectHarmless(['build'], cwd)
  },
)

attack(
  'F26',
  'Exports more functions than anybody reads',
  'a message about one that is missing, or that many have, lists fifty',
  async () => {
    const cwd = tempDir()
    const instances = Array.from({ length: 60 }, (_, i) => `(export "a:b/c${i}" (instance $x))`)
    const functions = Array.from({ length: 40 }, (_, i) => `(export "f${i}" (func $f))`)
    writeFileSync(
      path.join(cwd, 'many.wat'),
      `(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f"))) (instance $x ${functions.join(' ')}) ${instances.join(' ')})`,
    )
    const missing = await expectHarmless(['run', 'many.wat', 'g'], cwd)
    expect(missing).toContain('a:b/c1#f9 and 2350 more.')
    expect(await expectHarmless(['run', 'many.wat', 'f0'], cwd)).toContain('a:b/c49#f0 and 10 more.')
  },
)

const sized = (bytes: readonly number[]) => [...leb(bytes.length), ...bytes]

/** A copy of the project that says what it is told to, with a compiler. */
function mouth(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mouth-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(fileURLToPath(new URL('fixtures/mouth', import.meta.url)), folder, { recursive: true })
  const modules = fileURLToPath(new URL('../../plugin-sdk/node_modules', import.meta.url))
  symlinkSync(modules, path.join(folder, 'node_modules'))
  return folder
}
