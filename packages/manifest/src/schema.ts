import { isPlainText } from '@wasm-plugin/runtime/text'
import * as z from 'zod/mini'
import { isNetPattern } from './grammar/pattern.js'
import { MAX_PACKAGE_LABEL as MAX_LABEL, PACKAGE_LABEL } from './names.js'

const LABEL = `(?=[^:]{1,${MAX_LABEL}}(?::|$))${PACKAGE_LABEL}`

/**
 * Text for people: one line without anything hidden, so that it cannot forge lines of a review or drive a terminal. Nor
 * has it a run of blanks, which on a terminal of some width would fill up a line and let the next one look like ours.
 */
const line = (max: number) =>
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(max),
      z.regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, 'expected one line of plain text'),
      z.refine(isPlainText, 'expected one line of plain text'),
      z.regex(/^(?!.*[\p{Zs}\u2800]{3})/u, 'expected text without runs of spaces'),
    )

const described = <T extends z.ZodMiniType>(schema: T, description: string): T => {
  z.globalRegistry.add(schema, { description })
  return schema
}

const reason = described(line(500), 'Why the plugin needs it, for the person who decides.')
const access = described(z.enum(['read', 'read-write']), 'Reading alone, or creating and changing files too.')
const at = z
  .string()
  .check(
    z.maxLength(1_000),
    z.regex(
      /^\/(?!.*(^|\/)\.{1,2}(\/|$))[^\p{Cc}]*$/u,
      'expected an absolute path such as "/data", without "." or ".." segments',
    ),
    z.refine(isPlainText, 'expected a path without hidden characters'),
    z.regex(
      /^(?:[^\p{Z}\u2800]| (?![ /]|$)(?<!\/ ))*$/u,
      'expected a path with single spaces inside of names at most',
    ),
  )
const pattern = z.string().check(
  z.maxLength(2_048),
  z.refine(isNetPattern, 'expected a pattern such as "GET https://api.example.com/v1/**"'),
  // Letters of two scripts may look the same.
  z.regex(/^[ -~]*$/, 'expected ASCII; an international name is written as "xn--…"'),
)
const key = z
  .string()
  .check(
    z.maxLength(200),
    z.regex(/^[!-<>-~]+$/, 'expected the name of a variable, in ASCII and without "="'),
  )

/** Strict at every level: a key that is not understood could be a request that is not shown to anybody. */
export const manifestSchema = z.strictObject({
  $schema: z.optional(z.string().check(z.maxLength(2_048), z.regex(/^[!-~]*$/, 'expected a URL'))),
  manifestVersion: described(z.literal(1), 'Version of this format.'),
  id: z.optional(
    described(
      z
        .string()
        .check(
          z.maxLength(2 * MAX_LABEL + 1),
          z.regex(
            new RegExp(`^${LABEL}:${LABEL}$`),
            `expected namespace:name, each of words in small letters that begin with a letter, joined by "-", and of at most ${MAX_LABEL} characters`,
          ),
        ),
      'namespace:name, unique in a registry.',
    ),
  ),
  name: described(
    z
      .string()
      .check(
        z.maxLength(100),
        z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, ".", "_" and "-"'),
      ),
    'Name of the plugin in messages and logs.',
  ),
  version: described(
    z
      .string()
      .check(
        z.maxLength(100),
        z.regex(
          /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
          'expected a semantic version such as "1.2.3"',
        ),
      ),
    'Semantic version of the plugin.',
  ),
  description: z.optional(line(500)),
  world: z.optional(
    described(
      z
        .string()
        .check(
          z.maxLength(300),
          z.regex(
            /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*(@\d+\.\d+\.\d+[0-9A-Za-z.+-]*)?$/,
            'expected namespace:package/world@version',
          ),
        ),
      'The WIT world the plugin is built for.',
    ),
  ),
  capabilities: z.optional(
    z.strictObject({
      fs: z.optional(
        z.array(
          z.strictObject({ at: described(at, 'Absolute path as the plugin sees it.'), access, reason }),
        ),
      ),
      net: z.optional(
        z.array(
          z.strictObject({ allow: described(pattern, '[METHOD ]scheme://host[:port][/path/**]'), reason }),
        ),
      ),
      env: z.optional(z.array(z.strictObject({ key: described(key, 'Name of the variable.'), reason }))),
    }),
  ),
})

/** The published JSON Schema of a manifest, draft 2020-12. The file of a project has `build` besides, which is the command's. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { target: 'draft-2020-12' })
  return { ...schema, title: 'The manifest of a plugin' }
}
