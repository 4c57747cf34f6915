import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  cliErrorDocs,
  createStyle,
  describeFailure,
  failures,
  fromSystemError,
  renderFailure,
  usageErrors,
} from '#internal'

const plain = createStyle(false)
const going = new AbortController().signal

describe('errors', () => {
  it('are each provoked by a test', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.test.ts'),
    )
    const texts = files.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n')
    const silent = cliErrorDocs
      .map(({ code }) => code)
      .filter((code) => !texts.includes(`'${code}'`) && !texts.includes(`[${code}]`))
    expect(silent).toEqual([])
  })

  it('are shown as code, context and hint, without a stack', () => {
    const error = failures.PATH_NOT_FOUND({ path: 'a.wasm', what: 'the plugin' })
    Object.assign(error, { plugin: 'weather' })
    expect(renderFailure(describeFailure(error, going), plain, false)).toBe(
      [
        'error[PATH_NOT_FOUND]: the plugin does not exist: a.wasm',
        '  in plugin weather',
        '',
        'hint: Check the path; a relative path starts at the current folder.',
      ].join('\n'),
    )
  })

  it('exit with 2 for usage, 1 for failures, 70 for defects of ours', () => {
    expect(describeFailure(usageErrors.NO_PROJECT({ dir: '.' }), going).exitCode).toBe(2)
    expect(describeFailure(failures.PATH_NOT_FOUND({ path: 'a', what: 'b' }), going).exitCode).toBe(2)
    const defect = describeFailure(new TypeError('x is not a function'), going)
    expect(defect.exitCode).toBe(70)
    expect(defect.error.code).toBe('INTERNAL_ERROR')
    const shown = renderFailure(defect, plain, false)
    expect(shown).toContain('https://github.com/wasm-plugin/wasm-plugin/issues')
    expect(shown).not.toContain('at ')
    const verbose = renderFailure(defect, plain, true)
    expect(verbose).toContain('caused by: TypeError: x is not a function\n    at ')
  })

  it('translate what the operating system says', () => {
    const system = (code: string) => Object.assign(new Error(code), { code, syscall: 'open' })
    const coded = (code: string) => fromSystemError(system(code), 'a.wasm', 'the plugin')
    expect(coded('EACCES')).toMatchObject({ code: 'PATH_UNREADABLE', data: { reason: 'EACCES' } })
    expect(coded('EISDIR')).toMatchObject({ code: 'NOT_A_FILE' })
    const other = new Error('other')
    expect(fromSystemError(other, 'a.wasm', 'the plugin')).toBe(other)
  })
})
