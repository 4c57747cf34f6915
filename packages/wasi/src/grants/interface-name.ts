/** Interfaces that are still drafts, with the versions under which they are met. */
const DRAFTS =
  /^(?<base>wasi:logging\/logging(?=$|@0\.1\.0-draft$)|wasi:(config\/store|keyvalue\/(store|atomics|batch))(?=@0\.2\.0(-[a-z0-9.]+)?$))/

/** `wasi:cli/exit` for any 0.2.x version of it, `null` for every other name. */
export function baseName(name: string): string | null {
  const match = DRAFTS.exec(name) ?? /^(?<base>wasi:[a-z-]+\/[a-z-]+)@0\.2\.\d{1,4}$/.exec(name)
  return match?.groups?.base ?? null
}
