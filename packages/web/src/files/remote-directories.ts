import type { BlockingCaller } from '@wasm-plugin/wasi'
import { type Directories, idOf } from '@wasm-plugin/wasi/instance'
import { RemoteFolder } from './remote-folder.js'

/** The folders that are granted by handles. What is done in one is asked of the page, which waits for the browser. */
export function remoteDirectories(services: BlockingCaller): Directories {
  return {
    open: (path) => new RemoteFolder(path, services),
    identify(path) {
      const stat = services.call('folder.find', [path])
      return stat && idOf(stat)
    },
    isWindows: false,
  }
}
