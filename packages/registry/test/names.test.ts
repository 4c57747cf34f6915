import { expect, test } from 'vitest'
import { parsePackageName, parseReference, similarNames } from '#internal'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['acme:render', { kind: 'package', name: { namespace: 'acme', name: 'render' }, range: '*' }],
  ['acme:render@^1.2', { kind: 'package', name: { namespace: 'acme', name: 'render' }, range: '^1.2' }],
  [
    'oci://ghcr.io/acme/render:1.2.3',
    { kind: 'oci', registry: 'ghcr.io', path: 'acme/render', tag: '1.2.3', digest: undefined },
  ],
  [
    `oci://127.0.0.1:5000/a@${digest}`,
    { kind: 'oci', registry: '127.0.0.1:5000', path: 'a', tag: undefined, digest },
  ],
  [`oci://[::1]:5000/a:1@${digest}`, { kind: 'oci', registry: '[::1]:5000', path: 'a', tag: '1', digest }],
])('%s is a reference', (text, expected) => {
  expect(parseReference(text)).toEqual(expected)
})

test.each([
  '',
  'acme',
  'Acme:render',
  'acme:render:x',
  'acme:1render',
  'acme:-a',
  'acme:a--b',
  `${'a'.repeat(65)}:b`,
  '../x:y',
  'acme:\u0430',
])('%j is no name', (text) => {
  expect(() => parsePackageName(text)).toThrow(expect.objectContaining({ code: 'PACKAGE_NAME_INVALID' }))
})

test.each(['acme:render@', 'acme:render@x y z', `acme:render@${'1 || '.repeat(1_000)}1`])(
  '%j has no range',
  (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'VERSION_INVALID' }))
  },
)

test.each([
  'oci://',
  'oci://ghcr.io',
  'oci://ghcr.io/a',
  'oci://ghcr.io/A:1',
  'oci://ghcr.io/a:.x',
  'oci://user@ghcr.io/a:1',
  'oci://ghcr.io/../a:1',
  `oci://ghcr.io/a@sha256:${'A'.repeat(64)}`,
])('%s is no reference', (text) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }))
})

test('names are similar that a slip of the finger makes of each other', () => {
  const known = ['acme:render', 'acme:analyzer', 'other:thing']
  expect(similarNames('acme:rendre', known)).toEqual(['acme:render'])
  expect(similarNames('acme:ren-der', known)).toEqual(['acme:render'])
  expect(similarNames('acme:analyzre', known)).toEqual(['acme:analyzer'])
  expect(similarNames('acme:render', known)).toEqual([])
  expect(similarNames('acme:painter', known)).toEqual([])
})
