import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** Every code about packages: their names, versions, bytes, signatures and what they ask for. Codes are permanent. */
export const packageErrorTable = {
  PACKAGE_NAME_INVALID: row<{ text: string; reason: string }>({
    origin: 'app',
    summary: 'The text is not the name of a package, or not a name with a range of versions.',
    message: (d) => `"${d.text}" does not name a package: ${d.reason}`,
    hint: 'Write `namespace:name`, or with a range of versions `namespace:name@^1.2`.',
  }),
} as const

export const packageErrors = defineErrors(packageErrorTable)
export const packageErrorDocs = describeErrors(packageErrorTable)
