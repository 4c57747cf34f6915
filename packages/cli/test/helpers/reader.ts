import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { linkModules } from './project.js'

const BIN = fileURLToPath(new URL('../../bin/wasm-plugin.js', import.meta.url))

export interface Block {
  readonly kind: string
  readonly text: string
}

/** The fenced blocks of a page of `docs`. */
export async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(fileURLToPath(new URL(`../../../../docs/${page}`, import.meta.url)), 'utf8')
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, kind = '', body = '']) => ({
    kind,
    text: body,
  }))
}

/** Who follows a guide: a shell with a folder, a home, and what `npm install` brings. */
export class Reader {
  readonly said: string[] = []
  cwd: string

  constructor(readonly home: string) {
    this.cwd = home
  }

  async type(text: string): Promise<void> {
    for (const line of text.split('\n')) await this.#run(line.replace(/\s+#.*$/, '').trim())
  }

  async #run(line: string): Promise<void> {
    if (line === '') return
    const [program = '', first = '', second = '', third = ''] = line.split(' ')
    const at = (file: string) => path.resolve(this.cwd, file)
    if (program === 'cd') this.cwd = at(first)
    else if (program === 'mkdir') await mkdir(at(first))
    else if (program === 'cp' && first === '-r') await cp(at(second), at(third), { recursive: true })
    else if (program === 'cp') await cp(at(first), at(second))
    else if (line.startsWith('npm install')) linkModules(this.cwd)
    else if (line === 'npm run build') await this.#wasmPlugin('build')
    else if (line === 'npm test') await this.#wasmPlugin('test')
    else if (program === 'node') await this.#node(at(first))
    else if (line.startsWith('npx @wasm-plugin/cli '))
      await this.#wasmPlugin(line.slice('npx @wasm-plugin/cli '.length))
    else if (line.startsWith('npx wasm-plugin ')) {
      // Where no project has it, npm would fetch a package of this name, which is somebody else's.
      expect(existsSync(at('node_modules/@wasm-plugin/cli')), line).toBe(true)
      await this.#wasmPlugin(line.slice('npx wasm-plugin '.length))
    } else throw new Error(`nobody types "${line}" here`)
  }

  async #node(file: string): Promise<void> {
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: this.cwd })
    this.said.push(stdout)
  }

  async #wasmPlugin(line: string): Promise<void> {
    const [command = '', file] = line.replace(/ \|\| true$/, '').split(' < ')
    const argv = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      XDG_CACHE_HOME: path.join(this.home, 'cache'),
      DOCKER_CONFIG: path.join(this.home, 'docker'),
    }
    const running = promisify(execFile)(process.execPath, [BIN, ...argv], { cwd: this.cwd, env })
    running.child.stdin?.end(file === undefined ? '' : await readFile(path.resolve(this.cwd, file)))
    const { stdout, stderr } = await running.catch((error) => {
      if (line.endsWith('|| true') && error.code === 1) return error
      throw new Error(`wasm-plugin ${line}\n${error.stderr}${error.stdout}`)
    })
    this.said.push(`${stdout}${stderr}`)
  }
}
