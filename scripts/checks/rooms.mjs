// Which room of a package may know which: `floors.mjs` has the order. Types count: what a file names, its reader must know.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import ts from 'typescript'
import { inRoot } from '../lib/paths.mjs'
import { circles, climbs, floors } from './floors.mjs'

export async function checkRooms() {
  const complaints = []
  for (const [name, rooms] of Object.entries(floors)) {
    const imports = await importsOf(inRoot('packages', name, 'src'))
    const say = (what) => complaints.push(`packages/${name}: ${what}`)
    for (const what of roomComplaints(imports, { rooms, known: climbs[name] })) say(what)
    for (const what of circleComplaints(imports, circles[name])) say(what)
  }
  if (complaints.length > 0)
    throw new Error(`${complaints.join('\n')}\n\nThe order is in scripts/checks/floors.mjs.`)
}

/** Each file with the files of the package that it imports. */
async function importsOf(src) {
  const names = (await readdir(src, { recursive: true })).map((name) => name.replaceAll('\\', '/'))
  const files = new Set(names.filter((name) => /(?<!\.d)\.tsx?$/.test(name) && !name.includes('generated/')))
  const imports = new Map()
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(await readFile(path.join(src, file), 'utf8'))
    const targets = importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName).replace(/\.js$/, ''))
    imports.set(
      file,
      targets.flatMap((target) => [`${target}.ts`, `${target}.tsx`].filter((name) => files.has(name))),
    )
  }
  return imports
}

function* roomComplaints(imports, { rooms, known }) {
  const met = new Set()
  for (const [file, targets] of imports) {
    if (!rooms.includes(roomOf(file))) yield `${file} is in no room of the plan`
    for (const target of targets) {
      if (rooms.indexOf(roomOf(file)) <= rooms.indexOf(roomOf(target)) || roomOf(file) === roomOf(target))
        continue
      const climb = `${file} -> ${target}`
      met.add(climb)
      if (!known.includes(climb)) yield `${climb} climbs from ${roomOf(file)} to ${roomOf(target)}`
    }
  }
  for (const climb of known) if (!met.has(climb)) yield `${climb} is gone: take it off the list`
}

function* circleComplaints(imports, known) {
  const met = circlesOf(imports)
  for (const circle of met)
    if (!known.some((file) => circle.includes(file))) yield `a circle of files: ${circle.join(', ')}`
  for (const file of known)
    if (!met.some((circle) => circle.includes(file)))
      yield `no circle goes through ${file}: take it off the list`
}

function roomOf(file) {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.tsx?$/, '')
}

/** Strongly connected files, by Tarjan's algorithm. */
function circlesOf(imports) {
  const found = []
  const index = new Map()
  const low = new Map()
  const stack = []
  const visit = (file) => {
    index.set(file, index.size)
    low.set(file, index.get(file))
    stack.push(file)
    for (const target of imports.get(file)) {
      if (!index.has(target)) visit(target)
      else if (!stack.includes(target)) continue
      low.set(file, Math.min(low.get(file), low.get(target)))
    }
    if (low.get(file) !== index.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1) found.push(circle.sort())
  }
  for (const file of imports.keys()) if (!index.has(file)) visit(file)
  return found
}
