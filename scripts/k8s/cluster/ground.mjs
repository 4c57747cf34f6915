import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { run } from '../../lib/run.mjs'
import { mountCgroups } from '../cgroups.mjs'
import { FOLDER, inFolder, NODE, SERVICES } from './places.mjs'

/** Folders that a node writes to, whoever runs it; here they are in memory. */
const FOLDERS = ['/run', '/var/lib', '/var/log', '/opt']
/** What a kubelet sets for the whole machine. It sets files of ours. */
const SETTINGS = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'],
  ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes'],
]

/** The sandbox as a node wants it: folders of its own, settings of its own, an address and a way to the Services. */
export async function prepareGround(id) {
  await mountCgroups(id)
  for (const folder of FOLDERS) await run('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  mkdirSync(FOLDER, { recursive: true })
  mkdirSync('/var/tmp', { recursive: true })
  for (const name of SETTINGS) {
    const file = `/proc/sys/${name}`
    const mine = inFolder(`setting-${name.replaceAll('/', '-')}`)
    writeFileSync(mine, readFileSync(file))
    await run('mount', ['--bind', mine, file])
  }
  const commands = [
    ['link', 'set', 'lo', 'up'],
    ['link', 'add', 'node0', 'type', 'bridge'],
    ['addr', 'add', `${NODE}/24`, 'dev', 'node0'],
    ['link', 'set', 'node0', 'up'],
    // Addresses of Services are nowhere: the way there is only to be begun, then they are translated.
    ['route', 'add', SERVICES, 'dev', 'node0'],
  ]
  for (const args of commands) await run('ip', args)
}
