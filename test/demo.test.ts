import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppRun, root, runApp, runAppWith, temporaryFolder } from './support/app.js'
import { rust } from './support/toolchains.js'

const markdown = path.join(root, 'test/fixtures/markdown')

describe('the example app', () => {
  let json: AppRun
  let text: AppRun
  let folder: Awaited<ReturnType<typeof temporaryFolder>>

  beforeAll(async () => {
    folder = await temporaryFolder()
    json = await runApp(markdown, '--json', '--out', path.join(folder.path, 'json'))
    text = await runApp(markdown, '--out', path.join(folder.path, 'text'))
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  it('prints one JSON document with --json, and nothing else on stdout', () => {
    const summary = JSON.parse(json.stdout)
    expect(Object.keys(summary)).toEqual(['schema', 'documents', 'plugins', 'denials'])
    expect(summary).toMatchObject({ schema: 1, documents: 2 })
    for (const plugin of summary.plugins) {
      expect(plugin).toEqual({
        name: expect.any(String),
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        language: expect.stringMatching(/^(Rust|AssemblyScript)$/),
        calls: 2,
        ms: expect.any(Number),
      })
    }
    const names = summary.plugins.map((plugin: { name: string }) => plugin.name).sort()
    expect(names).toEqual(rust ? ['greedy', 'insights', 'markdown'] : ['greedy', 'insights'])
  })

  it('leaves no promise without somebody who hears of its failure', async () => {
    const out = path.join(folder.path, 'strict')
    const flags = ['--unhandled-rejections=strict', '--throw-deprecation']
    const { stdout } = await runAppWith(flags, markdown, '--json', '--out', out)
    expect(JSON.parse(stdout).denials).toEqual(JSON.parse(json.stdout).denials)
  })

  it('denies the greedy plugin its file, its variable and its host, and nobody else anything', () => {
    const { denials } = JSON.parse(json.stdout)
    expect(denials).toEqual([
      { plugin: 'greedy', capability: 'fs', target: '/home/.ssh' },
      { plugin: 'greedy', capability: 'env', target: 'AWS_SECRET_ACCESS_KEY' },
      { plugin: 'greedy', capability: 'net', target: 'https://collector.example.com/upload' },
    ])
  })

  it('shows people every denial and every grant that was used as a line', () => {
    expect(text.stdout).toMatch(/^2 documents, /)
    for (const target of ['/home/.ssh', 'AWS_SECRET_ACCESS_KEY', 'https://collector.example.com/upload']) {
      expect(text.stdout).toMatch(new RegExp(`^ +greedy +\\w+ +\\w+ +${target}`, 'm'))
    }
    for (const target of ['/settings/analyzer.ini', 'READING_SPEED', 'http://127.0.0.1:\\d+/notice.json']) {
      expect(text.stdout).toMatch(new RegExp(`^ +insights +\\w+ +\\w+ +${target}`, 'm'))
    }
  })

  it('says nothing on stderr when all goes well', () => {
    if (rust) expect(json.stderr).toBe('')
    else expect(json.stderr).toMatch(/^The Rust plugin is not built .*\n$/)
  })
})
