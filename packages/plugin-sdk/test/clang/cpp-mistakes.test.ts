import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { parseDiagnostics } from '#internal'
import { isWhole } from '../../../../test/seed.js'
import { makeClangProject } from '../support/project.js'

const WIT = 'package a:b; interface api { go: func(n: u32) -> string; } world w { export api; }'
const WANTED = 'wit::string Go(uint32_t n)'

/** A plugin whose `Go` has this body, from line 4 on. */
const withBody = (body: string, more = '') =>
  `#include "gen/w_cpp.h"\n${more}\nnamespace exports::a::b::api {\n${WANTED} { ${body} }\n}\n`

const failureOf = (source: string, flags: string[] = []) =>
  build({
    dir: makeClangProject({ 'w.wit': WIT, 'src/plugin.cpp': source }),
    name: 'x',
    wit: 'w.wit',
    mode: 'debug',
    flags,
  }).catch((error: unknown) => error)

const MISTAKES: [string, string, { code: string; line?: number }, string | RegExp][] = [
  [
    'a template of the library does not take a type',
    withBody(
      'Items a; auto b = a; return {};',
      '#include <memory>\n#include <vector>\nusing Items = std::vector<std::unique_ptr<int>>;',
    ).replace('return {}', 'std::abort()'),
    { code: 'COMPILE_FAILED', line: 6 },
    /\(in \/.*c\+\+\/v1\/.*:\d+\)/,
  ],
  [
    'a definition is not in the namespace',
    `#include "gen/w_cpp.h"\n\n${WANTED} { std::abort(); }\n`,
    { code: 'EXPORT_MISMATCH', line: 3 },
    'it is not in the namespace exports::a::b::api',
  ],
  [
    'a definition has other parameters',
    withBody('std::abort();').replace('uint32_t n', 'int64_t n'),
    { code: 'EXPORT_MISMATCH', line: 4 },
    'its parameters are others',
  ],
  [
    'a definition gives something else',
    withBody('return 1;').replace('wit::string Go', 'int Go'),
    { code: 'EXPORT_MISMATCH', line: 4 },
    `wanted ${WANTED}`,
  ],
  [
    'a name is misspelt, though the header has one like it',
    withBody('return wit::strnig::from_view("");'),
    { code: 'COMPILE_FAILED', line: 4 },
    "no member named 'strnig' in namespace 'wit'",
  ],
  [
    'a virtual function has no body',
    withBody('A a; a.f(); std::abort();', 'struct A { virtual void f(); };'),
    { code: 'COMPILE_FAILED' },
    'A::f() is not defined anywhere',
  ],
  [
    'it throws',
    withBody('throw 1;'),
    { code: 'COMPILE_FAILED', line: 4 },
    "cannot use 'throw' with exceptions disabled",
  ],
]

describe('a build of a project in C++', { timeout: 600_000 }, () => {
  // A second or more of the compiler for each: `npm test` has the first and the second, what the compiler and what the linker says.
  it.each(isWhole ? MISTAKES : MISTAKES.slice(0, 2))(
    "says at the author's line that %s",
    async (_, source, { code, ...place }, message) => {
      const error = await failureOf(source)
      expect(error).toMatchObject({
        code,
        message:
          typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
        data: place,
      })
      if ('line' in place) expect(error).toMatchObject({ data: { file: 'src/plugin.cpp' } })
    },
  )

  it.skipIf(!isWhole)('says why exceptions do not link', async () => {
    expect(await failureOf(withBody('throw 1;'), ['-fexceptions'])).toMatchObject({
      code: 'COMPILE_FAILED',
      message: expect.stringContaining('the C++ library is one without exceptions'),
      data: { file: 'src/plugin.cpp' },
    })
  })
})

describe('parseDiagnostics', () => {
  it('knows which lines include the file of a mistake', () => {
    const said =
      'In file included from src/a.c:2:\nIn file included from ./src/b.h:7:\n/usr/x.h:9:2: error: no\n    9 | #error no\nsrc/a.c:4:1: warning: w\n'
    expect(parseDiagnostics(said)).toMatchObject([
      {
        file: '/usr/x.h',
        includedFrom: [
          { file: 'src/a.c', line: 2 },
          { file: 'src/b.h', line: 7 },
        ],
        rendered: '/usr/x.h:9:2: error: no\n    9 | #error no',
      },
      { file: 'src/a.c', includedFrom: [] },
    ])
  })
})
