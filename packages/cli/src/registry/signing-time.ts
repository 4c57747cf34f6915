import { usageErrors } from '../errors/index.js'

/**
 * The time that goes into what is published, where there is to be one: equal input gives equal bytes, so no clock is read.
 * See https://reproducible-builds.org/specs/source-date-epoch.
 *
 * @throws {INVALID_OPTION}
 */
export function sourceDate(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { SOURCE_DATE_EPOCH: text } = env
  if (text === undefined || text === '') return undefined
  const date = new Date(/^\d{1,12}$/.test(text) ? Number(text) * 1000 : Number.NaN)
  if (!Number.isNaN(date.getTime()) && date.getUTCFullYear() < 10_000)
    return date.toISOString().replace('.000Z', 'Z')
  throw usageErrors.INVALID_OPTION({
    option: 'SOURCE_DATE_EPOCH',
    value: text,
    expected: 'the seconds since the beginning of 1970',
  })
}
