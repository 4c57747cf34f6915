import { errors } from '../errors/grant-codes.js'

export function notNarrower(grant: string, reason: string) {
  return errors.GRANTS_NOT_NARROWER({ grant, reason })
}

/** The limit that was asked for, or the one there is. @throws {GRANTS_NOT_NARROWER} */
export function lesser(what: string, now: number, asked: number | undefined): number {
  if (asked !== undefined && asked > now) throw notNarrower(what, `it is ${now} now`)
  return asked ?? now
}
