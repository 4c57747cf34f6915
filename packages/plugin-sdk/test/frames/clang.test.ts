import { createHost, type LoadOptions, type ThreadLoadOptions, type UntypedExports } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
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

describe('faults of C', () => {
  it('x', async () => {
    const { path } = await build({ dir: makeClangProject(C), name: 'deep', wit: 'w.wit', mode: 'debug' })
    for (const options of [{ isolation: 'worker' }, { isolation: 'inline', limits: { fuel: 10_000_000 } }, { isolation: 'process' }] as LoadOptions[]) {
      await using host = await createHost()
      const plugin = await host.load(path, options as ThreadLoadOptions)
      const go = async (n: number) => (plugin.exports as UntypedExports).go(n)
      for (const n of [3, 4, 5]) {
        const { code, frames, error } = await faultOf(go(n))
        console.log(code, frames, error.message)
      }
    }
  })
})
