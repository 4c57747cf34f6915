import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { builtTool } from '../../../scripts/lib/interop-tools.mjs'

export const SKOPEO = '/usr/bin/skopeo'
const run = promisify(execFile)

/**
 * The clients of others that copy a version between a folder and a registry: skopeo, and oras and crane where
 * `npm run test:interop` built them.
 */
export function copies({ layout, pulled, registry }) {
  const at = (repository) => `${registry}/${repository}:v`
  const skopeo = client(SKOPEO, {
    push: (to) => ['copy', '--quiet', '--dest-tls-verify=false', `oci:${layout}:v`, `docker://${at(to)}`],
    pull: (from) => ['copy', '--quiet', '--src-tls-verify=false', `docker://${at(from)}`, `oci:${pulled}:v`],
  })
  const oras = client(builtTool('oras'), {
    push: (to) => ['cp', '--no-tty', '--from-oci-layout', '--to-plain-http', `${layout}:v`, at(to)],
    pull: (from) => ['cp', '--no-tty', '--to-oci-layout', '--from-plain-http', at(from), `${pulled}:v`],
  })
  const crane = client(builtTool('crane'), {
    push: (to) => ['push', '--insecure', layout, at(to)],
    pull: (from) => ['pull', '--insecure', '--format', 'oci', at(from), pulled],
  })
  return { skopeo, oras, crane }
}

/** One that is not there has no figures. */
function client(file, { push, pull }) {
  if (file === undefined) return { isAsync: true }
  return { isAsync: true, push: (to) => run(file, push(to)), pull: (from) => run(file, pull(from)) }
}
