import { rm } from 'node:fs/promises'
import { timed } from './report.mjs'
import { run, succeeds } from './run.mjs'
import { unlessDone } from './stamps.mjs'

/**
 * Installs packages of Python into a folder of the repository: no virtual environment is needed, and nothing of the machine
 * changes.
 *
 * @param name of what is installed
 * @param packages.requirements a file with exact versions of all of them
 * @param packages.result a file or folder that is there afterwards
 * @returns why it was not possible, or `undefined`
 */
export async function installWithPip(name, { folder, requirements, result }) {
  const python = (await run('python3', ['-V']).catch(() => '')).trim()
  const [, minor = '0'] = /^Python 3\.(\d+)/.exec(python) ?? []
  if (Number(minor) < 10) return 'install Python 3.10 or later'
  if (!(await hasPip())) return 'install pip (`sudo apt-get install python3-pip`)'
  try {
    await unlessDone(
      name,
      { inputs: { paths: [requirements], values: [python] }, results: [`${folder}/${result}`] },
      () => timed('Installing', `${name} with pip`, () => download(folder, requirements)),
    )
  } catch (error) {
    return `pip could not install it (${error.message.split('\n').at(-1)})`
  }
  return undefined
}

async function hasPip() {
  if (await succeeds('python3', ['-m', 'pip', '--version'])) return true
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  return (
    process.getuid?.() === 0 &&
    (await succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-pip'], { env }))
  )
}

async function download(folder, requirements) {
  await rm(folder, { recursive: true, force: true })
  const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action', 'ignore']
  const options = ['--no-deps', '--only-binary', ':all:', '--target', folder, '-r', requirements]
  await run('python3', ['-m', 'pip', 'install', ...quiet, ...options])
}
