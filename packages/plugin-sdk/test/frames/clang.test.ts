import { readFileSync, rmSync } from 'node:fs'
import { createHost, type LoadOptions, type ThreadLoadOptions, type UntypedExports } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { faultOf } from '../support/fault.js'
import { makeClangProject } from '../support/project.js'

const WIT = 'package a:b; world w { export go: func(n: u32) -> u32; }'
const C = {
  'w.wit': WIT,
  'src/deep.h': 'unsigned second(unsigned n);\n',
  'src/plugin.c': `#include "w.h"
#include "deep.h"

unsigned first(unsigned n) {
  return second(n) + 1;
}

uint32_t exports_w_go(uint32_t n) {
  return first(n) + 1;
}
`,
  'src/deep.c': `#include <stdlib.h>
#include <assert.h>
#include "deep.h"

static unsigned third(unsigned n) {
  if (n == 3) abort();
  assert(n != 4);
  return 10 / (n - 5);
}

unsigned second(unsigned n) {
  return third(n) + 1;
}
`,
}

const fuel = 10_000_000
const modes: LoadOptions[] = [
  { isolation: 'worker', limits: { memoryBytes: 4 << 20 } },
  { isolation: 'inline', limits: { fuel } },
  { isolation: 'process', limits: { fuel } },
]
const below = (third: string) => [
  `third src/deep.c:${third} c`,
  'second src/deep.c:12:10 c',
  'first src/plugin.c:5:10 c',
  'exports_w_go src/plugin.c:9:10 c',
]

describe('faults of C', () => {
  let path = ''
  beforeAll(async () => {
    path = (await build({ dir: makeClangProject(C), name: 'deep', wit: 'w.wit', mode: 'debug' })).path
  }, 240_000)

  it.each(modes)("have the author's functions and lines: %o", async (options) => {
    await using host = await createHost()
    const plugin = await host.load(path, options as ThreadLoadOptions)
    const go = async (n: number) => (plugin.exports as UntypedExports).go(n)
    const aborted = await faultOf(go(3))
    expect(aborted.frames.slice(0, 4)).toEqual(below('6:15'))
    expect(aborted.shown[0]).toBe('    at third (src/deep.c:6:15)')
    const failed = await faultOf(go(4))
    expect(failed.frames.slice(0, 4)).toEqual(below('7:3'))
    expect(failed.error.message).toContain('Assertion failed: n != 4')
    expect((await faultOf(go(5))).frames.slice(0, 4)).toEqual(below('8:13'))
  })

  it('have them in a release by the debug information beside it', async () => {
    const { path, debugFile } = await build({ dir: makeClangProject(C), name: 'deep', wit: 'w.wit' })
    await using host = await createHost()
    const plugin = await host.load(path)
    const aborted = await faultOf(plugin.call('go', [3]))
    expect(aborted.frames.slice(0, 2)).toEqual(below('6:15').slice(0, 2))
    rmSync(debugFile!)
    const bare = await host.load(path, { name: 'bare' })
    expect((await faultOf(bare.call('go', [4]))).frames).toEqual(['third src/deep.c:7:null c'])
    const component = readFileSync(path)
    for (const text of ['.debug_', 'src/gen', 'exports_w_go'])
      expect([text, component.includes(text)]).toEqual([text, false])
  })
})

const CPP = {
  'w.wit': WIT,
  'src/plugin.cpp': `#include "w_cpp.h"
#include <cstdlib>
#include <vector>

namespace deep {
struct Third {
  unsigned n;
  unsigned run() const {
    if (n == 3) std::abort();
    return 10 / (n - 5);
  }
};

template <typename T> unsigned second(T n) {
  return Third{n}.run() + 1;
}
}

uint32_t exports::w::Go(uint32_t n) {
  return deep::second<unsigned>(n) + 1;
}
`,
}

describe.skipIf(!isWhole)(`faults of C++${isWhole ? '' : ' (skipped: it takes a minute to compile)'}`, () => {
  it("have the author's functions and lines", async () => {
    const { path } = await build({
      dir: makeClangProject(CPP),
      name: 'deep',
      wit: 'w.wit',
      mode: 'debug',
      language: 'cpp',
    })
    for (const options of modes) {
      await using host = await createHost()
      const plugin = await host.load(path, options as ThreadLoadOptions)
      const { frames } = await faultOf((async () => plugin.call('go', [5]))())
      expect(frames.slice(0, 3)).toEqual([
        'deep::Third::run() const src/plugin.cpp:10:15 cpp',
        'unsigned int deep::second<unsigned int>(unsigned int) src/plugin.cpp:15:19 cpp',
        'exports::w::Go(unsigned int) src/plugin.cpp:20:10 cpp',
      ])
    }
  }, 600_000)
})
