import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHost, type UntypedExports } from '@wasm-plugin/host'
import { assembleWat, generateBindings, moduleComponent } from '@wasm-plugin/sdk'
import { expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

const emcc = spawnSync('emcc', ['--version'], { encoding: 'utf8' })
const missing = emcc.status === 0 ? null : 'there is no emcc on this machine'

const SOURCE = `#include "plugin.h"
#include <stdio.h>
void emscripten_notify_memory_growth(size_t memory) { (void)memory; }
void exports_plugin_greet(plugin_string_t *name, plugin_string_t *ret) {
  char text[200];
  snprintf(text, sizeof text, "Hello %.*s %.2f", (int)name->len, (char *)name->ptr, 1.5);
  plugin_string_t said = { (uint8_t *)text, __builtin_strlen(text) };
  plugin_shout(&said);
  plugin_string_dup(ret, text);
}
`

it.skipIf(missing !== null)(
  `emcc links a plugin with the bindings of C${missing === null ? '' : ` (${missing})`}`,
  async () => {
    const dir = makeFolder({
      'w.wit':
        'package a:b; world plugin { import shout: func(text: string); export greet: func(name: string) -> string; }',
      'plugin.c': SOURCE,
    })
    const { files } = await generateBindings('c', { wit: join(dir, 'w.wit'), out: 'gen' })
    mkdirSync(join(dir, 'gen'))
    for (const [name, content] of files) writeFileSync(join(dir, 'gen', name), content)
    const flags = [
      '-sSTANDALONE_WASM',
      '--no-entry',
      '-sALLOW_MEMORY_GROWTH',
      '-sERROR_ON_UNDEFINED_SYMBOLS=0',
    ]
    const inputs = ['-Igen', 'plugin.c', 'gen/plugin.c', 'gen/component_type.o', '-o', 'core.wasm']
    const { status, stderr } = spawnSync('emcc', ['-O2', ...flags, ...inputs], { cwd: dir, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const component = await moduleComponent(readFileSync(join(dir, 'core.wasm')))
    await using host = await createHost()
    const heard: string[] = []
    const { exports } = await host.load(component, {
      imports: { shout: (text: string) => void heard.push(text) },
    })
    expect(await (exports as UntypedExports).greet('Ada')).toBe('Hello Ada 1.50')
    expect(heard).toEqual(['Hello Ada 1.50'])
  },
  120_000,
)

it('a module that carries no world is no plugin', async () => {
  const core = await assembleWat('(module (import "env" "f" (func)) (func (export "g")))')
  await expect(moduleComponent(core)).rejects.toMatchObject({ code: 'WIT_TOOLS_FAILED' })
})
