import { type AuditPort, errors } from '@wasm-plugin/embed'

/** A page has no files: it hears of every decision by the events `allowed` and `denied`. */
export const noAudit: AuditPort = {
  open({ file }) {
    throw errors.AUDIT_UNWRITABLE({ file, reason: 'a page has no files; listen to `allowed` and `denied`' })
  },
}
