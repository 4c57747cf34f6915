import { usageErrors } from '../errors/index.js'

/**
 * Checks the name of a plugin, which becomes an npm package, a crate and a file name.
 *
 * @throws {INVALID_PROJECT_NAME} with the rule and, where there is one, the nearest name that keeps it
 */
export function checkProjectName(name: string): void {
  const reason = whyNot(name)
  if (reason === undefined) return
  const guess = tidy(name)
  const helps = guess !== name && whyNot(guess) === undefined
  throw usageErrors.INVALID_PROJECT_NAME({ name, reason, guess: helps ? guess : undefined })
}

const MAX_LENGTH = 64

function whyNot(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`
  if (!/^[a-z]/.test(name)) return 'it does not start with a lower-case letter'
  if (!/^[a-z0-9-]+$/.test(name)) return 'it has characters other than lower-case letters, digits and hyphens'
  if (name.includes('--') || name.endsWith('-')) return 'a hyphen has to stand between two letters or digits'
  // Its `id` could not be published.
  if (/-\d/.test(name)) return 'a word after a hyphen does not start with a letter'
  if (RESERVED.has(name)) return 'it is a reserved word of Rust, npm or an operating system'
  return undefined
}

function tidy(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$|-+(?=\d)/g, '')
    .slice(0, MAX_LENGTH)
}

/** Names that cargo, npm or Windows refuse, and the ones under which nobody would find the plugin again. */
const RESERVED = new Set(
  `abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl
   in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type
   typeof unsafe unsized use virtual where while yield alloc core proc-macro proc std test
   node-modules favicon
   aux com1 com2 com3 com4 con lpt1 lpt2 lpt3 nul prn`.split(/\s+/),
)
