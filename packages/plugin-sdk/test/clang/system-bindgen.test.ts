import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Component } from '@wasm-plugin/runtime'
import { build, loadWorld } from '@wasm-plugin/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { clangBindings, MENDED_VERSION } from '#internal'
import { makeClangProject, makeFolder } from '../support/project.js'
import { wasiStubs } from '../support/wasi-stubs.js'

const WIT = `package a:b;
interface host { rows: func(rows: list<tuple<string, option<f64>>>) -> list<string>; }
interface guest { rows: func(rows: list<tuple<string, option<f64>>>) -> list<string>; }
world w { import host; export guest; }
`
const SOURCES = {
  c: `#include "gen/w.h"

void exports_a_b_guest_rows(w_list_tuple2_string_option_f64_t *rows, w_list_string_t *ret) {
  a_b_host_rows(rows, ret);
  w_list_tuple2_string_option_f64_free(rows);
}
`,
  cpp: `#include "gen/w_cpp.h"
#include <vector>

wit::vector<wit::string> exports::a::b::guest::Rows(wit::vector<std::tuple<wit::string, std::optional<double>>> rows) {
  std::vector<std::tuple<std::string_view, std::optional<double>>> views;
  for (auto const &[name, value] : rows.get_view()) views.emplace_back(name.get_view(), value);
  return ::a::b::host::Rows(views);
}
`,
}
/** The version that comes along. */
const PACKAGED = 'wit-bindgen-cli 0.63.0'
const { stdout, status } = spawnSync('wit-bindgen', ['--version'], { encoding: 'utf8' })
const found = status === 0 ? stdout.trim() : null
const why = found === null ? ' (skipped: wit-bindgen is not in PATH)' : ''

afterEach(() => vi.unstubAllEnvs())

describe('the wit-bindgen of this machine', { timeout: 600_000 }, () => {
  it.skipIf(found === null).each(found === PACKAGED ? (['c', 'cpp'] as const) : (['c'] as const))(
    `writes bindings of which a plugin in %s is made${why}`,
    async (language) => {
      const dir = makeClangProject({ 'w.wit': WIT, [`src/plugin.${language}`]: SOURCES[language] })
      const { path } = await build({ dir, name: 'x', wit: 'w.wit', mode: 'debug', bindings: 'system' })
      const component = await Component.compile(readFileSync(path))
      const rows = (list: [string, number | undefined][]) =>
        list.map(([key, value]) => `${key}=${value ?? '-'}`)
      const { exports } = component.instantiate({ 'a:b/host': { rows }, ...wasiStubs(component) })
      const guest = exports['a:b/guest'] as { rows: typeof rows }
      const list: [string, number | undefined][] = Array.from({ length: 50 }, (_, i) => [
        `ü${i}`,
        i % 3 === 0 ? undefined : i / 7,
      ])
      expect(guest.rows(list)).toEqual(rows(list))
      expect(guest.rows([])).toEqual([])
    },
  )

  it.skipIf(found !== PACKAGED).each(['c', 'cpp'] as const)(
    `writes the same for %s as the one that comes along, being of the same version${why}`,
    async (language) => {
      const world = await loadWorld({ wit: join(makeFolder({ 'w.wit': WIT }), 'w.wit') })
      const packaged = await clangBindings(world, language)
      const { files, classes, world: object } = await clangBindings(world, language, { system: true })
      expect({ files, classes }).toEqual({ files: packaged.files, classes: packaged.classes })
      expect(Buffer.compare(object, packaged.world)).toBe(0)
    },
  )

  /** A `wit-bindgen` of this version that takes no world. */
  const failing = (version: string) => {
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo "wit-bindgen-cli ${version}" && exit\necho "not yet" >&2\nexit 101\n`
    const bin = makeFolder({ 'wit-bindgen': script })
    chmodSync(join(bin, 'wit-bindgen'), 0o755)
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
  }
  const failureOf = (language: 'c' | 'cpp') => {
    const dir = makeClangProject({ 'w.wit': WIT, [`src/plugin.${language}`]: SOURCES[language] })
    return build({ dir, name: 'x', wit: 'w.wit', bindings: 'system' }).catch((error: unknown) => error)
  }

  it.skipIf(process.platform === 'win32')('is named when it fails', async () => {
    failing('0.51.0')
    expect(await failureOf('c')).toMatchObject({
      code: 'WIT_TOOLS_FAILED',
      message: '`wit-bindgen` of this machine failed: not yet',
    })
  })

  it.skipIf(process.platform === 'win32')(
    'is refused for C++ in a version that gives wrong values',
    async () => {
      for (const version of ['0.51.0', '0.62.9', '0.64.0', '1.0.0']) {
        failing(version)
        expect(await failureOf('cpp')).toMatchObject({
          code: 'TOOLCHAIN_MISSING',
          message: expect.stringContaining(`the one in PATH is ${version}`),
          hint: expect.stringContaining('cargo install wit-bindgen-cli --version 0.63.0'),
        })
      }
      failing(`${MENDED_VERSION}.7`)
      expect(await failureOf('cpp')).toMatchObject({ code: 'WIT_TOOLS_FAILED' })
    },
  )

  it('is of the version that comes along', () => {
    const manifest = readFileSync(new URL('../../bindgen/Cargo.toml', import.meta.url), 'utf8')
    expect(manifest).toMatch(new RegExp(`^wit-bindgen-cpp = \\{ version = "=${MENDED_VERSION}\\.`, 'm'))
  })
})
