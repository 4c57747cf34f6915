import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { isDebian12 } from '../lib/debian.mjs'
import { run } from '../lib/run.mjs'

/** What a node has of its distribution, what the shim is built with, and the libraries of both. They are unpacked, not installed. */
export const DEBIAN = {
  version: '12',
  packages: [
    ...['runc', 'etcd-server', 'containernetworking-plugins', 'nftables', 'docker-registry'],
    ...['libnftables1', 'libnftnl11', 'libmnl0', 'libjansson4', 'libedit2', 'libbsd0', 'libmd0', 'libgmp10'],
    ...['libseccomp2', 'libseccomp-dev', 'libdbus-1-3', 'libdbus-1-dev', 'libsystemd0'],
    ...['protobuf-compiler', 'libprotoc32', 'libprotobuf32', 'libprotobuf-dev'],
  ],
}

const LIBRARIES = 'usr/lib/x86_64-linux-gnu'

export async function unpackDebian(folder) {
  if (!(await isDebian12()) || process.arch !== 'x64')
    throw new Error('a cluster is made of packages of Debian 12 for x86-64, and this is another system')
  const archives = path.join(folder, 'archives')
  await mkdir(archives)
  const download = () => run('apt-get', ['download', '-qq', ...DEBIAN.packages], { cwd: archives })
  await download().catch(async () => {
    await run('apt-get', ['update', '-qq'], { timeoutMs: 120_000 })
    await download()
  })
  for (const name of await readdir(archives)) await run('dpkg', ['-x', path.join(archives, name), folder])
  await rm(archives, { recursive: true })
}

/** Where its executables are, those of the network of pods among them. */
export const executablesOf = (debian) =>
  ['usr/sbin', 'usr/bin', 'sbin', 'bin'].map((name) => path.join(debian, name))

export const networkPluginsOf = (debian) => path.join(debian, 'usr/lib/cni')

/** Variables with which its programs find their libraries, and compilers what they link. */
export function environmentOf(debian) {
  const libraries = path.join(debian, LIBRARIES)
  return {
    LD_LIBRARY_PATH: libraries,
    LIBRARY_PATH: libraries,
    PKG_CONFIG_PATH: path.join(libraries, 'pkgconfig'),
    PKG_CONFIG_SYSROOT_DIR: debian,
    PROTOC: path.join(debian, 'usr/bin/protoc'),
    PROTOC_INCLUDE: path.join(debian, 'usr/include'),
    LIBSECCOMP_LIB_PATH: libraries,
  }
}
