import { run } from '../../lib/run.mjs'
import { executablesOf, networkPluginsOf } from '../debian.mjs'
import { layoutArchive } from '../layout.mjs'
import { makeCertificates } from './certificates.mjs'
import { startContainerd } from './containerd.mjs'
import { startControlPlane } from './control-plane.mjs'
import { prepareGround } from './ground.mjs'
import { startNode } from './node.mjs'
import { inFolder, KUBECONFIG, PAUSE } from './places.mjs'
import { Processes } from './processes.mjs'
import { startRegistry } from './registry.mjs'

/** A cluster of one node, with a registry beside it and images on it. Gives what speaks to it. */
export async function startCluster({ tools, image, logs, id }) {
  // containerd finds shims by the path that it was started with.
  const folders = [
    tools.kubectl,
    tools.containerd,
    tools.shim,
    tools.kubernetes,
    ...executablesOf(tools.debian),
  ]
  const own = { LD_LIBRARY_PATH: tools.env.LD_LIBRARY_PATH, KUBECONFIG, HOME: inFolder('home') }
  const env = { ...process.env, ...own, PATH: [...folders, process.env.PATH].join(':') }
  const processes = new Processes({ logs, env })
  const kubectl = (...args) => run(`${tools.kubectl}/kubectl`, args, { env })
  const helm = (...args) => run(`${tools.kubectl}/helm`, args, { env })

  await prepareGround(id)
  await makeCertificates()
  await startRegistry(processes)
  const networkPlugins = networkPluginsOf(tools.debian)
  const { importImage } = await startContainerd(processes, { tools, networkPlugins, env })
  const pause = inFolder('pause.tar')
  await layoutArchive(pause, {
    name: PAUSE,
    files: { pause: `${tools.kubernetes}/pause` },
    config: { Entrypoint: ['/pause'] },
  })
  await importImage(pause)
  await importImage(image.file)
  await startControlPlane(processes, { tools })
  await startNode(processes, { tools, kubectl })
  return { kubectl, helm, image: image.name }
}
