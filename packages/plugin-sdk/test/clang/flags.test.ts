import { expect, it } from 'vitest'
import { compileArgs } from '#internal'

it('optimises the bindings in C++ of a debug build, and nothing of the author', () => {
  const levelOf = (source: string) =>
    compileArgs(source, { mode: 'debug', include: [], flags: [] }).filter((flag) => flag.startsWith('-O'))
  expect(levelOf('src/gen/reader.cpp')).toEqual(['-Os'])
  for (const source of ['src/gen/reader.c', 'src/plugin.cpp', 'src/plugin.c', 'vendor/gen/x.cpp'])
    expect(levelOf(source), source).toEqual(['-O0'])
})
