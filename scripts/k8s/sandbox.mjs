import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { IN_CGROUPS, makeCgroups, removeCgroups } from './cgroups.mjs'

/** Killed when its parent ends, however that ends; and what it starts when it ends. */
const WITH_THIS = ['--pdeathsig', 'KILL']
const NAMESPACES = ['--net', '--mount', '--pid', '--uts', '--ipc'].concat([
  '--fork',
  '--mount-proc',
  '--kill-child=SIGKILL',
])
/** A shell takes in what has lost its parent. */
const TAKING_IN = ['sh', '-c', '"$@"; exit $?', 'sh']

/**
 * Runs a script as the first process of namespaces of its own: of the network, processes, mounts and groups. All that it starts
 * ends with it, and it ends with this process, whatever happens: the kernel sees to both.
 *
 * @param input what the script gets as JSON in its last argument
 * @returns what it writes to its file descriptor 3, one JSON value in each line
 */
export async function inSandbox(file, input) {
  removeCgroups()
  const first = [process.execPath, file, JSON.stringify({ ...input, id: process.pid })]
  const inside = ['unshare', ...NAMESPACES, ...TAKING_IN, ...first]
  const args = [...WITH_THIS, 'sh', '-c', IN_CGROUPS, 'sh', ...inside]
  const env = { ...plainEnv(), CGROUP_FOLDERS: makeCgroups(process.pid).join(' ') }
  const child = spawn('setpriv', args, { stdio: ['ignore', 2, 2, 'pipe'], env })
  const stop = () => child.kill('SIGKILL')
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.once(signal, stop)
  const lines = []
  createInterface({ input: child.stdio[3] }).on('line', (line) => lines.push(JSON.parse(line)))
  const [code, signal] = await once(child, 'close')
  for (const one of signals) process.off(one, stop)
  removeCgroups()
  if (code !== 0) throw new Error(`the cluster ended with ${code ?? signal}`)
  return lines
}

/** No proxy of this machine, and no cluster of its user. */
function plainEnv() {
  const names = Object.keys(process.env).filter(
    (name) => !/proxy|^KUBE|^HELM|^DOCKER|^XDG_|^NODE_/i.test(name),
  )
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}
