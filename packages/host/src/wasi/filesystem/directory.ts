import type { ComponentError } from '@wasm-plugin/runtime'
import type { FsGrant } from '../../capability/grant-set.js'
import type { HostDir } from './dir.js'
import { fsError } from './errno.js'
import type { Sandbox } from './sandbox.js'

/** Where a directory is in the eyes of the plugin. */
export interface Position {
  /** The grant that decides about what is in the directory. */
  readonly grant: FsGrant
  /** Path as the plugin sees it, for the audit. */
  readonly path: string
  /** Directories between it and the root of its grant. */
  readonly depth: number
}

/** An open directory and the grant it is under. */
export class Dir {
  readonly host: HostDir
  readonly position: Position
  readonly #sandbox: Sandbox

  constructor(host: HostDir, position: Position, sandbox: Sandbox) {
    this.host = host
    this.position = position
    this.#sandbox = sandbox
  }

  get grant(): FsGrant {
    return this.position.grant
  }

  /** The subdirectory; `undefined` for anything else. Throws what the host's file system throws. */
  child(name: string): Dir | undefined {
    const host = this.host.child(name)
    return host && this.adopt(host, name)
  }

  /** The subdirectory `name` that is open as `host`; a grant of its own takes over where its root is crossed. */
  adopt(host: HostDir, name: string): Dir {
    const inner = this.#sandbox.innerGrant(host)
    const { grant, depth } = this.position
    const path = this.pathOf(name)
    const position =
      inner === undefined
        ? { grant, path, depth: name === '.' ? depth : depth + 1 }
        : { grant: inner, path, depth: 0 }
    return new Dir(host, position, this.#sandbox)
  }

  pathOf(name: string): string {
    const { path } = this.position
    if (name === '.') return path
    return path === '/' ? `/${name}` : `${path}/${name}`
  }

  /** Reports a path that leads out of the directory; the error to throw. */
  escaped(path: string): ComponentError {
    this.#sandbox.gate.deny({ capability: 'fs', operation: 'open', target: this.pathOf(path) })
    return fsError('not-permitted')
  }

  close(): void {
    this.host.close()
  }
}
