interface Modules {
  readonly 'node:child_process': typeof import('node:child_process')
  readonly 'node:crypto': typeof import('node:crypto')
  readonly 'node:dgram': typeof import('node:dgram')
  readonly 'node:dns': typeof import('node:dns')
  readonly 'node:http': typeof import('node:http')
  readonly 'node:https': typeof import('node:https')
  readonly 'node:net': typeof import('node:net')
  readonly 'node:tls': typeof import('node:tls')
  readonly 'node:zlib': typeof import('node:zlib')
}

/**
 * Modules of Node that most plugins do without: each takes milliseconds to load, so they are loaded by their first use, in the
 * application and in a plugin's thread.
 */
export const builtIn = {
  get childProcess() {
    return of('node:child_process')
  },
  get crypto() {
    return of('node:crypto')
  },
  get dgram() {
    return of('node:dgram')
  },
  get dns() {
    return of('node:dns')
  },
  get http() {
    return of('node:http')
  },
  get https() {
    return of('node:https')
  },
  get net() {
    return of('node:net')
  },
  get tls() {
    return of('node:tls')
  },
  get zlib() {
    return of('node:zlib')
  },
}

const loaded: { -readonly [K in keyof Modules]?: Modules[K] } = {}

function of<K extends keyof Modules>(name: K): Modules[K] {
  const module: Modules[K] | undefined = loaded[name]
  return module ?? load(name)
}

function load<K extends keyof Modules>(name: K): Modules[K] {
  const module = process.getBuiltinModule(name) as unknown as Modules[K]
  loaded[name] = module
  return module
}
