import { usageErrors } from '../errors/index.js'

/** The number that an option was given. @throws {INVALID_OPTION} */
export function countOf(option: string, value: string, max: number, min: number): number {
  if (/^\d+$/.test(value) && Number(value) <= max && Number(value) >= min) return Number(value)
  throw usageErrors.INVALID_OPTION({ option, value, expected: `a number from ${min} to ${max}` })
}
