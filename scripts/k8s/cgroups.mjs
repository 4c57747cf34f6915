import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from '../lib/run.mjs'

const ROOT = '/sys/fs/cgroup'
const NAME = 'wasm-plugin-k8s-'
/** What a group of the first version has to be told before processes can be in it. */
const NEEDED = ['cpuset.cpus', 'cpuset.mems']

/**
 * Makes a group of processes in each tree, with another one in it: there processes are that share the first one with containers,
 * which the second version of cgroups does not let them be in.
 */
export function makeCgroups(id) {
  return trees().map((tree) => {
    const mine = path.join(tree, `${NAME}${id}`)
    for (const folder of [mine, path.join(mine, 'own')]) {
      mkdirSync(folder)
      for (const name of NEEDED) {
        const file = path.join(folder, name)
        const inherited = path.join(folder, '..', name)
        if (existsSync(file) && existsSync(inherited)) writeFileSync(file, readFileSync(inherited))
      }
    }
    return mine
  })
}

/** What a shell does to be in them, of which it sees nothing else then, before it does what it was told. */
export const IN_CGROUPS = [
  'for one in $CGROUP_FOLDERS; do echo $$ > $one/cgroup.procs; done',
  `exec unshare --cgroup sh -c 'for one in $CGROUP_FOLDERS; do echo $$ > $one/own/cgroup.procs; done; exec "$@"' sh "$@"`,
].join('\n')

/** Puts them in the places of the roots: whatever is made in the sandbox is below them. */
export async function mountCgroups(id) {
  for (const tree of trees()) await run('mount', ['--bind', path.join(tree, `${NAME}${id}`), tree])
}

/** Those of runs that ended: one that has processes stays. */
export function removeCgroups() {
  for (const tree of trees())
    for (const name of foldersIn(tree)) if (name.startsWith(NAME)) removeTree(path.join(tree, name))
}

/** There is one, or one for each controller in the first version of cgroups, which some machines still have. */
function trees() {
  const isOne = existsSync(path.join(ROOT, 'cgroup.controllers'))
  return isOne ? [ROOT] : foldersIn(ROOT).map((name) => path.join(ROOT, name))
}

function removeTree(folder) {
  for (const name of foldersIn(folder)) removeTree(path.join(folder, name))
  try {
    rmdirSync(folder)
  } catch {
    // Somebody is in it.
  }
}

function foldersIn(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  return entries.filter((one) => one.isDirectory()).map(({ name }) => name)
}
