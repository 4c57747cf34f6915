import { loadWorld } from '@wasm-plugin/sdk'
import { expect } from 'vitest'
import { clangBindings } from '#internal'
import { attack } from '../../../../test/attack.js'
import { makeFolder } from '../support/project.js'

attack(
  'F24',
  'Ends a comment of its contract in a backslash or a trigraph, or has a return in it, so that C reads other lines',
  'each comment of the generated C and C++ ends where its line ends',
  async () => {
    const wit = [
      'package a:b;',
      'interface i {',
      '  /// ends in \\',
      '  /// and in ??/',
      '  /// and returns\r#error from the contract',
      '  /// and in \\ ',
      '  record r { /// of a field \\\n  f: u32 }',
      '  /// of a function \\',
      '  f: func(r: r) -> r;',
      '}',
      'world w { import i; export i; }',
    ].join('\n')
    const world = await loadWorld({ wit: makeFolder({ 'w.wit': wit }) })
    for (const language of ['c', 'cpp'] as const) {
      const { files } = await clangBindings(world, language)
      for (const [name, text] of files) {
        expect(text, name).not.toMatch(/(\\|\?\?\/)[^\S\n]*\n(?!\s*#)/)
        expect(text, name).not.toMatch(/\r/)
      }
      if (language === 'c') expect(files.get('w.h')).toMatch(/^\s*\/\/.* ends in \\ \.$/m)
    }
  },
)
