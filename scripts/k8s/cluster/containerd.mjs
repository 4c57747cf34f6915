import { mkdirSync, writeFileSync } from 'node:fs'
import { run, succeeds } from '../../lib/run.mjs'
import { CONTAINERD, inFolder, PAUSE, PODS, RUNTIME } from './places.mjs'
import { TRUSTED } from './registry.mjs'

const CONFIG = inFolder('containerd.toml')
const NETWORKS = inFolder('networks')

/** With the runtime of the shim beside that of ordinary containers. */
export async function startContainerd(processes, { tools, networkPlugins, env }) {
  mkdirSync(NETWORKS, { recursive: true })
  writeFileSync(`${NETWORKS}/10-bridge.conflist`, JSON.stringify(NETWORK))
  writeFileSync(CONFIG, config(networkPlugins))
  const control = `${tools.containerd}/ctr`
  const args = ['--address', CONTAINERD, '--namespace', 'k8s.io']
  const ctr = (...rest) => run(control, [...args, ...rest], { env })
  await processes.start(`${tools.containerd}/containerd`, ['--config', CONFIG], () =>
    succeeds(control, [...args, 'version'], { env }),
  )
  return { importImage: (file) => ctr('images', 'import', '--local', file) }
}

/** Pods have addresses on a bridge. */
const NETWORK = {
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: PODS }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'loopback' },
  ],
}

function config(networkPlugins) {
  return `version = 3
root = "${inFolder('containerd')}"
state = "${inFolder('containerd-state')}"
[grpc]
  address = "${CONTAINERD}"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = '${PAUSE}'
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = '${TRUSTED}'
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = 'runc'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = 'io.containerd.runc.v2'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.${RUNTIME}]
      runtime_type = 'io.containerd.wasm-plugin.v1'
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['${networkPlugins}']
    conf_dir = '${NETWORKS}'
`
}
