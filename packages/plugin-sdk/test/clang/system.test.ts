import { chmodSync, existsSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createHost, type UntypedExports } from '@wasm-plugin/host'
import { type BuildSettings, build, findSystemClang } from '@wasm-plugin/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeFolder } from '../support/project.js'

const WIT = `package a:b;
interface api { greet: func(name: string) -> result<string, string>; }
world w { import note: func(line: string) -> u32; export api; }
`
const C = `#define _GNU_SOURCE
#include "gen/w.h"
#include <stdio.h>

bool exports_a_b_api_greet(w_string_t *name, w_string_t *ret, w_string_t *err) {
  if (name->len == 0) { w_string_dup(err, "a name is needed"); return false; }
  char *text;
  int length = asprintf(&text, "Hello, %.*s: %.2f", (int)name->len, (char *)name->ptr, w_note(name) / 4.0);
  *ret = (w_string_t){(uint8_t *)text, length};
  w_string_free(name);
  return true;
}
`
const CPP = `#include "gen/w_cpp.h"
#include <format>
#include <map>

namespace exports::a::b::api {

std::expected<wit::string, wit::string> Greet(wit::string name) {
  std::map<std::string, double> notes;
  if (name.empty()) return std::unexpected(wit::string::from_view("a name is needed"));
  notes[name.to_string()] = ::w::Note(name.get_view()) / 4.0;
  for (auto const &[key, value] : notes)
    return wit::string::from_view(std::format("Hello, {}: {:.2f}", key, value));
  std::abort();
}

} // namespace exports::a::b::api
`
const SOURCES = { c: C, cpp: CPP }

const projectIn = (language: 'c' | 'cpp', source: string = SOURCES[language]) =>
  makeFolder({
    'package.json': '{}',
    'node_modules/.keep': '', // The cache of the project goes beside it.
    'w.wit': WIT,
    [`src/plugin.${language}`]: source,
  })

const buildIn = (dir: string, more: Partial<BuildSettings> = {}) =>
  build({ dir, name: 'tiny', wit: 'w.wit', toolchain: 'system', ...more })

afterEach(() => vi.unstubAllEnvs())

function whyNot(language: 'c' | 'cpp'): string | null {
  try {
    findSystemClang(language)
    return null
  } catch (error) {
    return String(error)
  }
}

describe.each(['c', 'cpp'] as const)(
  'the clang of this machine builds a plugin in %s',
  { timeout: 600_000 },
  (language) => {
    const missing = whyNot(language)

    it.skipIf(missing !== null)(
      `that runs on the host, in a thread and inline${missing === null ? '' : ` (${missing})`}`,
      async () => {
        const { path, warnings } = await buildIn(projectIn(language))
        expect(warnings).toEqual([])
        const notes: string[] = []
        const note = (line: string) => notes.push(line)
        for (const isolation of ['worker', 'inline'] as const) {
          await using host = await createHost()
          const plugin = await host.load(path, { isolation, imports: { note } })
          const { greet } = (plugin.exports as Record<string, UntypedExports>)['a:b/api']!
          expect(await greet!('ä😀')).toMatch(/^Hello, ä😀: 0\.[25][05]$/)
          await expect((async () => greet!(''))()).rejects.toMatchObject({ payload: 'a name is needed' })
        }
        expect(notes).toEqual(['ä😀', 'ä😀'])
      },
    )

    it.skipIf(missing !== null)(
      'at once when nothing changed, and in equal bytes in another folder',
      async () => {
        const dir = projectIn(language)
        const steps: string[] = []
        const onProgress: BuildSettings['onProgress'] = ({ step }) => steps.push(step)
        const bytes = readFileSync((await buildIn(dir, { onProgress })).path)
        expect(steps).toContain('compile')
        steps.length = 0
        await buildIn(dir, { onProgress })
        expect(steps).not.toContain('compile')
        const other = await buildIn(projectIn(language))
        expect(readFileSync(other.path).equals(bytes)).toBe(true)
      },
    )

    it.skipIf(missing !== null)("with errors at the author's line", async () => {
      await expect(buildIn(projectIn(language, `${SOURCES[language]}\nint x = ;\n`))).rejects.toMatchObject({
        code: 'COMPILE_FAILED',
        data: { file: `src/plugin.${language}`, line: SOURCES[language].split('\n').length + 1 },
        message: expect.stringContaining('expected expression'),
      })
      await expect(buildIn(projectIn(language, ''))).rejects.toMatchObject({ code: 'EXPORT_MISSING' })
    })
  },
)

/** Where Debian has the libraries that a WASI SDK has in `share/wasi-sysroot`. */
const DEBIAN = '/usr'
const missingParts =
  whyNot('c') ??
  (existsSync(`${DEBIAN}/include/wasm32-wasi`) ? null : 'the libraries are not those of Debian')

describe('a WASI SDK', { timeout: 600_000 }, () => {
  it.skipIf(missingParts !== null)(
    `is taken before the clang in PATH${missingParts === null ? '' : ` (${missingParts})`}`,
    async () => {
      const sdk = makeFolder({ 'bin/readme.txt': '', 'share/readme.txt': '' })
      const { clang } = findSystemClang('c').drivers
      symlinkSync(realpathSync(clang), join(sdk, 'bin/clang'))
      symlinkSync(DEBIAN, join(sdk, 'share/wasi-sysroot'))
      vi.stubEnv('WASI_SDK_PATH', sdk)
      const { drivers, args } = findSystemClang('c')
      expect(drivers.clang).toBe(join(sdk, 'bin/clang'))
      expect(args).toContain(`--sysroot=${join(sdk, 'share/wasi-sysroot')}`)
      expect((await buildIn(projectIn('c'))).size).toBeGreaterThan(1000)
    },
  )
})

/** A folder with compilers that link nothing and say, as clang and lld do, why. */
function compilersThat(says: Record<string, { version: string; said: string }>): string {
  const files = Object.entries(says).flatMap(([name, { version, said }]) => {
    const script = `#!/bin/sh\ncase "$1" in --version) echo "Debian clang version ${version} (1)";; *) echo "${said}" >&2; exit 1;; esac\n`
    return [name, name.replace('clang', 'clang++')].map((driver) => [driver, script] as const)
  })
  const dir = makeFolder(Object.fromEntries(files))
  for (const [name] of files) chmodSync(join(dir, name), 0o755)
  return dir
}

describe.skipIf(process.platform === 'win32')('findSystemClang', () => {
  it.each([
    ['clang: error: unable to execute command: posix_spawn failed: No such file', 'it has no linker'],
    ['wasm-ld-22: error: cannot open /x/wasi/libclang_rt.builtins-wasm32.a: No', 'it has no runtime library'],
    ['wasm-ld-22: error: unable to find library -lc++abi', 'it has no C++ library'],
    ["try.cpp:1:10: fatal error: 'version' file not found", 'it has no C++ library'],
    ['wasm-ld: error: cannot open crt1-reactor.o: No such file or directory', 'it has no C library'],
    ["/usr/include/stdint.h:26:10: fatal error: 'bits/x.h' file not found", 'it has no C library'],
    ["error: invalid value 'c++23' in '-std=c++23'", 'it is too old, 17 is the first'],
    ["error: unable to create target: 'No available targets", 'it is built without that target'],
    ['clang: error: something of its own', 'something of its own'],
  ])('says what a clang lacks that says: %s', (said, lack) => {
    const env = { PATH: compilersThat({ clang: { version: '22.1.8', said } }) }
    expect(() => findSystemClang('cpp', env)).toThrowError(
      expect.objectContaining({
        code: 'TOOLCHAIN_MISSING',
        message: expect.stringMatching(/clang \(22\.1\.8\) makes no C\+\+ for WebAssembly: /),
      }),
    )
    expect(() => findSystemClang('cpp', env)).toThrowError(lack)
  })

  it('tries the plain name and then the newest, each compiler once', () => {
    const said = 'error: no'
    const versions = { clang: '14.0.6', 'clang-9': '9.0.1', 'clang-16': '16.0.6', 'clang-9000': '9000.0.0' }
    const says = Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [name, { version, said }]),
    )
    const dir = compilersThat(says)
    const again = makeFolder({})
    symlinkSync(join(dir, 'clang-16'), join(again, 'clang-15'))
    let message = ''
    try {
      findSystemClang('c', { PATH: [dir, again].join(':') })
    } catch (error) {
      message = (error as Error).message
    }
    expect([...message.matchAll(/\((\d+)\.\d+\.\d+\)/g)].map(([, major]) => major)).toEqual([
      '14',
      '9000',
      '16',
      '9',
    ])
  })

  it('gives the command of Debian, with packages that fit the compiler', () => {
    const hintFor = (language: 'c' | 'cpp', version: string) => {
      try {
        findSystemClang(language, { PATH: compilersThat({ clang: { version, said: 'error: no' } }) })
        return ''
      } catch (error) {
        return (error as { hint: string }).hint
      }
    }
    const hint = hintFor('cpp', '19.1.7')
    expect(hint).toContain('WASI_SDK_PATH')
    if (!hint.includes('apt-get')) return // Another system.
    expect(hint).toContain(
      '`sudo apt-get install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32 libc++-19-dev-wasm32 libc++abi-19-dev-wasm32`',
    )
    expect(hintFor('c', '14.0.6')).toContain(
      '`sudo apt-get install clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32`',
    )
    expect(hintFor('cpp', '14.0.6')).toContain('clang-19 lld-19')
  })

  it('looks nowhere else when a WASI SDK is named', () => {
    const sdk = makeFolder({ 'bin/readme.txt': '' })
    expect(() => findSystemClang('c', { ...process.env, WASI_SDK_PATH: sdk })).toThrowError(
      expect.objectContaining({
        code: 'TOOLCHAIN_MISSING',
        message: expect.stringContaining(`there is no clang in ${join(sdk, 'bin')}`),
        hint: expect.stringMatching(/^Set WASI_SDK_PATH .* or unset it/),
      }),
    )
  })
})
