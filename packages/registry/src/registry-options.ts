import type { Confirm, Fit } from './install/index.js'

export interface RegistryOptions {
  /** The application's folder: where its lock file and its trust policy are. @default the working directory */
  folder?: string | undefined
  /** @default `wasm-plugin.lock` in the folder */
  lockFile?: string | undefined
  /** @default `wasm-plugin.trust.json` in the folder. Without one only folders and this machine are trusted */
  trustFile?: string | undefined
  /** The lock file decides alone: nothing is resolved, and it is never written. @default false */
  frozen?: boolean | undefined
  /** Everything has to be in the cache. @default false */
  offline?: boolean | undefined
  /** Asked before a version is taken that needs consent. @default none, so that such a version is refused */
  confirm?: Confirm | undefined
  /** Trust whoever signed a package that no rule is about, when it is first installed. @default false */
  trustOnFirstUse?: boolean | undefined
  /** Bytes that a component may have. @default 64 MiB */
  maxBytes?: number | undefined
  /** What the application provides and relies on. `host.load` says it by itself. */
  fit?: Fit | undefined
}
