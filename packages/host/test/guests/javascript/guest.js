import { getArguments, getEnvironment } from 'wasi:cli/environment@0.2.12'
import { getDirectories } from 'wasi:filesystem/preopens@0.2.12'

/** Implements `test:guest/program`: what a plugin does all day, in plain JavaScript. */
export const program = {
  async run(operation, args) {
    const step = operations[operation]
    if (step === undefined) throw `no operation ${operation}`
    try {
      return String((await step(...args)) ?? '')
    } catch (error) {
      throw nameOf(error)
    }
  },
}

/** All that it was ever told. */
const remembered = new Map()

const operations = {
  'read-file': (path) => {
    const file = open(path, {}, { read: true })
    return new TextDecoder().decode(file.read(1_000_000n, 0n)[0])
  },
  'write-file': (path, text) => {
    open(path, { create: true, truncate: true }, { write: true }).write(new TextEncoder().encode(text), 0n)
  },
  'append-file': (path, text) => {
    const file = open(path, {}, { write: true })
    file.write(new TextEncoder().encode(text), file.stat().size)
  },
  list: (path) => {
    const stream = open(path, { directory: true }, { read: true }).readDirectory()
    const names = []
    for (let entry = stream.readDirectoryEntry(); entry; entry = stream.readDirectoryEntry())
      names.push(entry.name)
    return names.sort().join(' ')
  },
  stat: (path) => {
    const { directory, rest } = locate(path)
    const { type, size } = directory.statAt({ symlinkFollow: true }, rest)
    return type === 'directory' ? 'directory 0' : `file ${size}`
  },
  'make-directory': (path) => {
    const { directory, rest } = locate(path)
    directory.createDirectoryAt(rest)
  },
  remove: (path) => {
    const { directory, rest } = locate(path)
    directory.unlinkFileAt(rest)
  },
  rename: (from, to) => {
    const { directory, rest } = locate(from)
    const target = locate(to)
    directory.renameAt(rest, target.directory, target.rest)
  },
  env: (key) => {
    const found = getEnvironment().find(([name]) => name === key)
    if (found === undefined) throw 'unset'
    return found[1]
  },
  variables: () =>
    getEnvironment()
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  args: () => getArguments().join(' '),
  'wall-clock': () => Math.floor(Date.now() / 1000),
  sleep: async (ms) => {
    const start = performance.now()
    await new Promise((resolve) => setTimeout(resolve, Number(ms)))
    return Math.ceil(performance.now() - start)
  },
  random: () => crypto.getRandomValues(new BigUint64Array(1))[0],
  remember: (text, times) => {
    for (let i = 0; i < Number(times); i++) remembered.set(remembered.size, { text: `${text}` })
    return `${remembered.size} ${[...remembered.values()].reduce((sum, one) => sum + one.text.length, 0)}`
  },
  print: (text) => console.log(text.replace(/\n$/, '')),
  'print-error': (text) => console.error(text.replace(/\n$/, '')),
  'http-get': async (url) => {
    const response = await fetch(url)
    return `${response.status} ${await response.text()}`
  },
  'http-status': async (url) => (await fetch(url)).status,
}

function open(path, how, access) {
  const { directory, rest } = locate(path)
  return directory.openAt({ symlinkFollow: true }, rest, how, access)
}

/** The innermost granted directory that holds a path, and the path in it. */
function locate(path) {
  const found = getDirectories()
    .filter(([, root]) => path === root || path.startsWith(`${root}/`))
    .sort(([, a], [, b]) => b.length - a.length)[0]
  if (found === undefined) throw 'no-grant'
  return { directory: found[0], rest: path.slice(found[1].length + 1) || '.' }
}

/** The `err` of a WASI result, else the message. */
function nameOf(error) {
  if (typeof error === 'string') return error
  if (typeof error?.payload === 'string') return error.payload
  return error?.payload?.tag ?? `${error?.message ?? error}`
}
