import { onTestFinished } from 'vitest'

/** A new folder of the page's own, which has the interface of one that a person picked. It is removed after the test. */
export async function newFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory()
  const name = `test-${crypto.randomUUID()}`
  onTestFinished(() => root.removeEntry(name, { recursive: true }).catch(() => {}))
  const folder = await root.getDirectoryHandle(name, { create: true })
  for (const [path, text] of Object.entries(files)) await writeText(folder, path, text)
  return folder
}

export async function writeText(
  folder: FileSystemDirectoryHandle,
  path: string,
  text: string,
): Promise<void> {
  const { directory, name } = await placeOf(folder, path, true)
  const copy = await (await directory.getFileHandle(name, { create: true })).createWritable()
  await copy.write(text)
  await copy.close()
}

export async function readText(folder: FileSystemDirectoryHandle, path: string): Promise<string> {
  const { directory, name } = await placeOf(folder, path, false)
  return await (await (await directory.getFileHandle(name)).getFile()).text()
}

/** All files and directories below it, sorted; directories end in a slash. */
export async function listAll(folder: FileSystemDirectoryHandle, prefix = ''): Promise<string[]> {
  const found: string[] = []
  for await (const { kind, name } of folder.values()) {
    const path = `${prefix}${name}`
    found.push(kind === 'file' ? path : `${path}/`)
    if (kind === 'directory')
      found.push(...(await listAll(await folder.getDirectoryHandle(name), `${path}/`)))
  }
  return found.sort()
}

async function placeOf(folder: FileSystemDirectoryHandle, path: string, create: boolean) {
  const names = path.split('/')
  const name = names.pop() ?? ''
  let directory = folder
  for (const step of names) directory = await directory.getDirectoryHandle(step, { create })
  return { directory, name }
}
