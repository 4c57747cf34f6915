import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Manifest } from '@wasm-plugin/manifest'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeTransfer } from '#internal'
import { attack } from '../../../registry/test/helpers/attack.js'
import { EXAMPLE, pluginWith } from '../../../registry/test/helpers/plugins.js'
import { at, done, resultOf } from '../helpers/cached-cli.js'
import { type CliWorld, runCli, runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const READS = { fs: [{ at: '/settings', access: 'read' as const, reason: 'Reads its settings.' }] }
const PLACE = ['--registry', './plugins']

/** A folder with `insights.wasm` in it: the plugin of the examples, with another manifest. */
function shop(manifest: Parameters<typeof pluginWith>[0] = {}): string {
  const cwd = tempDir()
  writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith(manifest))
  return cwd
}

/** A file system without space, which only root can make, where it may; `undefined` for others. */
function fullDisk(): string | undefined {
  const folder = tempDir()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  try {
    writeFileSync(path.join(folder, 'filled'), Buffer.alloc(1 << 20))
  } catch {}
  return folder
}

async function codeOf(argv: readonly string[], world: CliWorld): Promise<[string | undefined, number]> {
  const { document, exitCode } = await runJson(argv, at(world))
  return [document.error?.code, exitCode]
}

const republish = async (cwd: string, manifest: Parameters<typeof pluginWith>[0], ...more: string[]) => {
  writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith(manifest))
  return await resultOf(['publish', 'insights.wasm', ...PLACE, ...more], { cwd })
}

describe('a plugin in a folder', () => {
  it('is published, found, reviewed, installed, listed, verified and removed', async () => {
    const cwd = shop({ capabilities: READS })
    const published = { name: 'acme:insights', version: '1.0.0' }
    const dry = await resultOf(['publish', 'insights.wasm', ...PLACE, '--dry-run'], { cwd })
    expect(dry).toMatchObject({ ...published, state: 'dry-run' })
    expect(existsSync(path.join(cwd, 'plugins/acme/insights/index.json'))).toBe(false)
    expect(await done(['publish', 'insights.wasm', ...PLACE], { cwd })).toContain(
      'Published acme:insights@1.0.0',
    )
    expect(await resultOf(['publish', 'insights.wasm', ...PLACE], { cwd })).toMatchObject({
      state: 'exists',
      manifest: dry.manifest,
    })
    const again = await done(['publish', 'insights.wasm', ...PLACE, '--image'], { cwd })
    expect(again).toMatch(
      /Unchanged acme:insights@1\.0\.0 .*Published image-1\.0\.0, an image .*Digest sha256:/s,
    )
    expect(await done(['search', 'acme:insights', ...PLACE], { cwd })).toMatch(
      /1\.0\.0 .*\/settings \(read\)/,
    )

    const review = await done(['install', 'acme:insights@^1', ...PLACE, '--dry-run'], { cwd })
    for (const text of [
      dry.manifest,
      'by nobody',
      'acme:site/analyzer@0.1.0',
      'Reads its settings.',
      'needs consent',
    ])
      expect(review).toContain(text)
    expect(existsSync(path.join(cwd, 'wasm-plugin.lock'))).toBe(false)
    expect(await codeOf(['install', 'acme:insights@^1', ...PLACE], { cwd })).toEqual(['CONSENT_REQUIRED', 1])
    const { stderr } = await runCli(['install', 'acme:insights@^1', ...PLACE], at({ cwd }))
    expect(stderr).toMatch(/--yes.*--grants/)
    const installed = await done(['install', 'acme:insights@^1', ...PLACE, '--yes'], { cwd })
    expect(installed).toContain('Reads its settings.')
    expect(installed).toContain('Installed acme:insights 1.0.0')

    expect(await done(['list'], { cwd })).toMatch(/acme:insights +1\.0\.0 +\^1 /)
    expect(await done(['verify', 'acme:insights@1.0.0', ...PLACE], { cwd })).toContain(dry.manifest)
    expect(await done(['verify'], { cwd })).toContain('ok      acme:insights 1.0.0')
    expect(await done(['install', '--frozen'], { cwd })).toContain('Unchanged acme:insights 1.0.0')
    expect(await codeOf(['install', 'acme:insights@^2', '--frozen', ...PLACE], { cwd })).toEqual([
      'LOCK_FROZEN',
      1,
    ])
    expect(await done(['uninstall', 'acme:insights'], { cwd })).toContain('Removed acme:insights 1.0.0')
    expect(await done(['list'], { cwd })).toContain('Nothing is installed')
    expect(await codeOf(['uninstall', 'acme:insights'], { cwd })).toEqual(['NOT_INSTALLED', 2])
  })

  it('is updated, with what is new said in words and agreed to', async () => {
    const cwd = shop()
    await done(['registry', 'add', 'acme', './plugins'], { cwd })
    await republish(cwd, {})
    await done(['install', 'acme:insights@^1'], { cwd })
    expect(await runJson(['outdated'], at({ cwd }))).toMatchObject({ exitCode: 0, document: { ok: true } })
    await republish(cwd, { version: '1.1.0', capabilities: READS })
    const { exitCode, stdout } = await runCli(['outdated'], at({ cwd }))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/acme:insights +1\.0\.0 +1\.1\.0 +1\.1\.0/)
    expect(stdout).toContain('which it did not before')
    const dry = await resultOf(['update', '--dry-run'], { cwd })
    expect(dry.plugins).toMatchObject([{ state: 'dry-run', review: { version: '1.1.0' } }])
    expect(await codeOf(['update'], { cwd })).toEqual(['CONSENT_REQUIRED', 1])
    expect(await codeOf(['update', 'acme:other'], { cwd })).toEqual(['PLUGIN_NOT_LOCKED', 2])
    expect(await done(['update', '--yes'], { cwd })).toContain('Updated acme:insights 1.0.0 -> 1.1.0')
    expect(await done(['update'], { cwd })).toContain('Unchanged acme:insights 1.1.0')
  })

  it('is installed with others or not at all, and not updated alone either', async () => {
    const cwd = shop()
    await done(['registry', 'add', 'acme', './plugins'], { cwd })
    await republish(cwd, {})
    const publishOther = async (version: string, more: object = {}) => {
      const bytes = pluginWith({ id: 'acme:other', name: 'other', version, ...more })
      writeFileSync(path.join(cwd, 'other.wasm'), bytes)
      await done(['publish', 'other.wasm'], { cwd })
    }
    await publishOther('1.0.0')
    const lock = () => readFileSync(path.join(cwd, 'wasm-plugin.lock'), 'utf8')
    expect(await codeOf(['install', 'acme:other', 'acme:missing'], { cwd })).toEqual(['VERSION_NOT_FOUND', 1])
    expect(existsSync(path.join(cwd, 'wasm-plugin.lock'))).toBe(false)
    const { plugins } = await resultOf(['install', 'acme:insights', 'acme:other'], { cwd })
    expect(plugins).toMatchObject([{ state: 'installed' }, { state: 'installed' }])
    const before = lock()
    await republish(cwd, { version: '1.1.0' })
    await publishOther('1.1.0', { capabilities: READS })
    expect(await codeOf(['update'], { cwd })).toEqual(['CONSENT_REQUIRED', 1])
    expect(lock()).toBe(before)
    expect(await done(['update', '--yes'], { cwd })).toMatch(
      /insights 1\.0\.0 -> 1\.1\.0(.|\n)*other 1\.0\.0 ->/,
    )
  })

  it('is agreed to by a file of grants, to these requests and no more', async () => {
    const cwd = shop({ capabilities: READS })
    await done(['publish', 'insights.wasm', ...PLACE], { cwd })
    const install = ['install', 'acme:insights', ...PLACE, '--grants', 'allowed.json']
    const allow = (json: unknown) => writeFileSync(path.join(cwd, 'allowed.json'), JSON.stringify(json))
    expect(await codeOf(install, { cwd })).toEqual(['PATH_NOT_FOUND', 2])
    allow({ files: [] })
    expect(await codeOf(install, { cwd })).toEqual(['GRANTS_FILE_INVALID', 2])
    allow({ env: [{ key: 'LANG', reason: 'Its language.' }] })
    expect(await codeOf([...install, '--dry-run'], { cwd })).toEqual(['GRANTS_FILE_EXCEEDED', 1])
    const refused = await runCli(install, at({ cwd }))
    expect(refused.stderr).toContain('GRANTS_FILE_EXCEEDED')
    expect(refused.stderr).toContain('fs  /settings (read)')
    expect(existsSync(path.join(cwd, 'wasm-plugin.lock'))).toBe(false)
    allow({ fs: [{ at: '/settings', access: 'read-write', reason: 'It may.' }] })
    expect((await resultOf([...install, '--dry-run'], { cwd })).plugins).toMatchObject([{ state: 'dry-run' }])
    expect(await done(install, { cwd })).toContain('Installed acme:insights 1.0.0')
  })

  it('is installed only where it fits the contract of the application', async () => {
    const cwd = shop()
    await done(['publish', 'insights.wasm', ...PLACE], { cwd })
    mkdirSync(path.join(cwd, 'wit'))
    const contract = (text: string) => writeFileSync(path.join(cwd, 'wit/app.wit'), text)
    const install = ['install', 'acme:insights', ...PLACE, '--host', 'wit']
    contract('package other:app@1.0.0;\ninterface hi { hi: func(); }\nworld app { export hi; }\n')
    const error = await runCli(install, at({ cwd }))
    expect(error.stderr).toContain('error[VERSION_NOT_FOUND]')
    expect(error.stderr).toContain('1.0.0: it imports acme:site/log@0.1.0')
    const site = path.resolve(import.meta.dirname, '../../../../wit/acme-site/v0.1')
    await done(['install', 'acme:insights', ...PLACE, '--host', site, '--world', 'analyzer'], { cwd })
    expect(await codeOf(['install', 'acme:insights', '--world', 'x'], { cwd })).toEqual(['MISSING_OPTION', 2])
  })

  it('is copied to another place with its signatures', async () => {
    const cwd = shop()
    await done(['keygen', 'acme'], { cwd })
    const { manifest } = await resultOf(['publish', 'insights.wasm', ...PLACE, '--key', 'acme.key'], { cwd })
    const mirror = ['mirror', 'acme:insights@1.0.0', ...PLACE, '--to', './copies']
    expect(await resultOf([...mirror, '--dry-run'], { cwd })).toMatchObject({ manifest, attached: 2 })
    expect(existsSync(path.join(cwd, 'copies'))).toBe(false)
    expect(await resultOf(mirror, { cwd })).toMatchObject({ manifest, attached: 2 })
    const copy = await resultOf(['verify', 'acme:insights', '--registry', './copies'], { cwd })
    expect(copy.review).toMatchObject({ manifest, signer: { kind: 'key' } })
  })
})

describe('what is published', () => {
  it('is the component of the project, as its manifest says now', async () => {
    const cwd = tempDir()
    const project = (manifest: object) =>
      writeFileSync(
        path.join(cwd, 'wasm-plugin.json'),
        JSON.stringify({ manifestVersion: 1, name: 'insights', id: 'acme:insights', ...manifest }),
      )
    expect(await codeOf(['publish', ...PLACE], { cwd })).toEqual(['NO_PROJECT', 2])
    const { world } = EXAMPLE
    project({ version: '1.0.0', world })
    expect(await codeOf(['publish', ...PLACE], { cwd })).toEqual(['PLUGIN_NOT_BUILT', 1])
    mkdirSync(path.join(cwd, 'dist'))
    writeFileSync(path.join(cwd, 'dist/insights.wasm'), pluginWith())
    expect(await resultOf(['publish', ...PLACE], { cwd })).toMatchObject({ version: '1.0.0' })
    project({ version: '1.1.0', world })
    const stale = await runCli(['publish', ...PLACE], at({ cwd }))
    expect(stale.stderr).toContain('its version is 1.0.0, and that of wasm-plugin.json 1.1.0')
  })

  attack(
    'G100',
    'is published in an old build, which asks for what its manifest no longer asks for or has other sources',
    'refused, with what is not as it was built; a file that is named is published as it is',
    async () => {
      const cwd = tempDir()
      const publish = ['publish', ...PLACE, '--dry-run']
      const component = path.join(cwd, 'dist/insights.wasm')
      const write = (file: string, text: string | Uint8Array, second: number) => {
        mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
        writeFileSync(path.join(cwd, file), text)
        utimesSync(path.join(cwd, file), second, second)
      }
      const project = ({ capabilities = {}, ...more }: Partial<Manifest> & { build?: object }) =>
        write('wasm-plugin.json', JSON.stringify({ ...more, capabilities, ...EXAMPLE }), 99)
      write('src/index.js', '', 99)
      write('dist/insights.wasm', pluginWith({ capabilities: READS }), 100)
      project({ capabilities: READS })
      expect(await resultOf(publish, { cwd })).toMatchObject({ state: 'dry-run' })
      project({})
      const other = await runCli(publish, at({ cwd }))
      expect(other.stderr).toContain('error[PLUGIN_NOT_BUILT]')
      expect(other.stderr).toContain('its capabilities are not what wasm-plugin.json says now')
      write('dist/insights.wasm', pluginWith(), 100)
      expect(await resultOf(publish, { cwd })).toMatchObject({ state: 'dry-run' })
      write('src/index.js', '// Changed.', 101)
      const older = await runCli(publish, at({ cwd }))
      expect(older.stderr).toContain('dist/insights.wasm cannot be published: it is older than src/index.js')
      project({ build: { sources: ['other'] } })
      write('src/index.js', '', 99)
      write('other/a.c', '', 101)
      expect((await runCli(publish, at({ cwd }))).stderr).toContain('older than other/a.c')
      expect(await resultOf(['publish', component, ...PLACE], { cwd })).toMatchObject({ state: 'published' })
    },
  )

  it('has the time that SOURCE_DATE_EPOCH says, and the same bytes for the same time', async () => {
    const cwd = shop()
    const publish = async (env: CliWorld['env'], ...more: string[]) =>
      await resultOf(['publish', 'insights.wasm', '--dry-run', ...PLACE, ...more], {
        cwd,
        ...(env && { env }),
      })
    const plain = await publish(undefined)
    const dated = await publish({ SOURCE_DATE_EPOCH: '1700000000' })
    expect((await publish(undefined)).manifest).toBe(plain.manifest)
    expect((await publish({ SOURCE_DATE_EPOCH: '1700000000' })).manifest).toBe(dated.manifest)
    expect(dated.manifest).not.toBe(plain.manifest)
    for (const SOURCE_DATE_EPOCH of ['yesterday', '-1', '1e3', '999999999999'])
      expect(
        await codeOf(['publish', 'insights.wasm', ...PLACE], { cwd, env: { SOURCE_DATE_EPOCH } }),
      ).toEqual(['INVALID_OPTION', 2])
  })

  it('is withdrawn by its signer, and those who have it hear of it', async () => {
    const cwd = shop()
    await done(['registry', 'add', 'acme', './plugins'], { cwd })
    await done(['keygen', 'acme'], { cwd })
    const key = ['--key', 'acme.key']
    await republish(cwd, {}, ...key)
    await republish(cwd, { version: '1.1.0' }, ...key)
    await done(['install', 'acme:insights', '--yes'], { cwd })
    const yank = ['yank', 'acme:insights@1.1.0', '--reason', 'It counts wrong.']
    expect(await codeOf(yank, { cwd })).toEqual(['MISSING_OPTION', 2])
    expect(await codeOf(['yank', 'acme:insights', ...yank.slice(2), ...key], { cwd })).toEqual([
      'INVALID_ARGUMENT',
      2,
    ])
    expect(await done([...yank, ...key, '--dry-run'], { cwd })).toContain('Would say')
    expect(await done(['verify'], { cwd })).toContain('ok ')
    await done([...yank, ...key], { cwd })
    expect(await done(['search', 'acme:insights'], { cwd })).toContain(
      '\n1.1.0 was yanked by its publisher: It counts wrong.',
    )
    expect((await resultOf(['search', 'acme:insights'], { cwd })).versions).toMatchObject([
      { version: '1.1.0', status: { status: 'yanked', reason: 'It counts wrong.' } },
      { version: '1.0.0', status: null },
    ])
    const warned = await runCli(['verify'], at({ cwd }))
    expect(warned).toMatchObject({ exitCode: 0 })
    expect(warned.stdout).toContain('yanked by its publisher: It counts wrong. (acme:insights 1.1.0)')
    await done([...yank, ...key, '--revoke'], { cwd })
    expect(await runCli(['verify'], at({ cwd }))).toMatchObject({ exitCode: 1 })
    const again = await done(['install', 'acme:insights', '--yes'], { cwd })
    expect(again).toContain('passed over 1.1.0: it was revoked')
    expect(again).toContain('Updated acme:insights 1.1.0 -> 1.0.0')
  })
})

describe('a key', () => {
  it('is made once, for its owner alone, encrypted if there is a passphrase', async () => {
    const cwd = shop()
    const env = { WASM_PLUGIN_KEY_PASSPHRASE: 'open sesame' }
    expect(await done(['keygen', 'acme', '--dry-run'], { cwd })).toContain('Would write')
    expect(await resultOf(['keygen', 'acme'], { cwd, env })).toMatchObject({
      encrypted: true,
      publicKey: 'acme.pub',
    })
    const file = path.join(cwd, 'acme.key')
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    const before = readFileSync(file, 'utf8')
    expect(before).toContain('ENCRYPTED')
    expect(await codeOf(['keygen', 'acme'], { cwd })).toEqual(['KEY_EXISTS', 2])
    expect(readFileSync(file, 'utf8')).toBe(before)

    const sign = ['sign', 'insights.wasm', '--key', 'acme.key']
    expect(await codeOf(sign, { cwd })).toEqual(['KEY_PASSPHRASE', 2])
    const wrong = await runCli(sign, at({ cwd, env: { WASM_PLUGIN_KEY_PASSPHRASE: 'open barley' } }))
    expect(wrong.stderr).toContain('KEY_PASSPHRASE')
    expect(wrong.stderr).not.toContain('barley')
    expect(await done(sign, { cwd, env })).toContain('Wrote insights.wasm.sigstore.json')
    expect(await codeOf(['sign', 'insights.wasm'], { cwd })).toEqual(['MISSING_OPTION', 2])
    expect(await codeOf(['sign', 'insights.wasm', '--key', 'acme.pub'], { cwd })).toEqual(['KEY_INVALID', 2])
  })

  it('is said to be in a repository of git that does not ignore it; a new project does', async () => {
    const cwd = tempDir()
    const git = (...argv: string[]) => execFileSync('git', argv, { cwd, stdio: 'ignore' })
    const warning = 'git does not ignore acme.key'
    expect(await done(['keygen', 'acme'], { cwd })).not.toContain(warning)
    git('init')
    expect(await done(['keygen', 'sub/../other'], { cwd })).toContain('git does not ignore sub/../other.key')
    await done(['new', 'hello', '--lang', 'wat'], { cwd })
    expect(await done(['keygen', 'acme'], { cwd: path.join(cwd, 'hello') })).not.toContain(warning)
    expect(await resultOf(['keygen', 'third', '--dry-run'], { cwd })).toMatchObject({ isLeftToGit: true })
  })

  it('leaves nothing behind where it cannot be written whole', async () => {
    const cwd = shop()
    writeFileSync(path.join(cwd, 'acme.pub'), 'mine')
    expect(await codeOf(['keygen', 'acme'], { cwd })).toEqual(['KEY_EXISTS', 2])
    expect(existsSync(path.join(cwd, 'acme.key'))).toBe(false)
    expect(readFileSync(path.join(cwd, 'acme.pub'), 'utf8')).toBe('mine')
    const disk = fullDisk()
    if (disk === undefined) return
    expect(await codeOf(['keygen', path.join(disk, 'acme')], { cwd })).toEqual(['PATH_UNWRITABLE', 1])
    expect(readdirSync(disk)).toEqual(['filled'])
  })

  it('signs a file, which is verified by the signature beside it', async () => {
    const cwd = shop()
    await done(['keygen', 'acme'], { cwd })
    const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }]
    writeFileSync(path.join(cwd, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
    expect(await codeOf(['verify', 'insights.wasm'], { cwd })).toEqual(['SIGNATURE_MISSING', 1])
    await done(['sign', 'insights.wasm', '--key', 'acme.key'], { cwd })
    expect(await done(['verify', 'insights.wasm'], { cwd })).toMatch(
      /insights\.wasm is acme:insights@1\.0\.0, signed by the key sha256:/,
    )
    const given = ['verify', 'insights.wasm', '--signature', 'insights.wasm.sigstore.json']
    expect(await resultOf(given, { cwd })).toMatchObject({ kind: 'file', signer: { kind: 'key' } })
    expect(await codeOf([...given.slice(0, 3), 'nowhere.json'], { cwd })).toEqual(['PATH_NOT_FOUND', 2])
    writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith({ description: 'Another one.' }))
    expect(await codeOf(['verify', 'insights.wasm'], { cwd })).toEqual(['SIGNER_UNTRUSTED', 1])
  })

  it('has debug information, signed, for who asks for it', async () => {
    const cwd = shop()
    await done(['keygen', 'acme'], { cwd })
    writeFileSync(path.join(cwd, 'insights.debug.wasm'), 'names and lines')
    const publish = ['publish', 'insights.wasm', ...PLACE, '--debug', 'insights.debug.wasm']
    expect(await codeOf(publish, { cwd })).toEqual(['MISSING_OPTION', 2])
    await done([...publish, '--key', 'acme.key'], { cwd })
    const verify = ['verify', 'acme:insights@1.0.0', ...PLACE, '--debug', 'got.wasm']
    expect(await done(verify, { cwd })).toContain('Wrote got.wasm')
    expect(readFileSync(path.join(cwd, 'got.wasm'), 'utf8')).toBe('names and lines')
  })

  it('writes what would be signed, for the signers of others', async () => {
    const reason = 'Reads \u00e9 and \u{1f600}.'
    const cwd = shop({ capabilities: { fs: [{ ...READS.fs[0]!, reason }] } })
    await done(['keygen', 'acme'], { cwd })
    await done(['publish', 'insights.wasm', ...PLACE], { cwd })
    await done(['sign', 'insights.wasm', '--key', 'acme.key'], { cwd })
    const { dsseEnvelope } = JSON.parse(readFileSync(path.join(cwd, 'insights.wasm.sigstore.json'), 'utf8'))
    const { predicate } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString())
    expect(predicate.capabilities.fs[0].reason).toBe(reason)
    for (const [what, subject] of [
      [['insights.wasm'], 'insights.wasm'],
      [['acme:insights@1.0.0', ...PLACE], 'dir:plugins/acme/insights@sha256:'],
    ] as const) {
      const { stdout, stderr } = await runCli(['sign', ...what, '--predicate'], at({ cwd }))
      expect(JSON.parse(stdout)).toEqual(predicate)
      // A terminal, and the shell that passes it on, get nothing that a plugin could steer them with.
      expect(stdout).toMatch(/^[\n -~]+$/)
      expect(stderr).toContain(`about ${subject}`)
    }
    expect(await resultOf(['sign', 'insights.wasm', '--predicate'], { cwd })).toMatchObject({
      ...{ kind: 'predicate', predicateType: 'https://wasm-plugin.dev/attestation/v1', predicate },
    })
  })

  it('signs a version that was published before, once', async () => {
    const cwd = shop()
    await done(['keygen', 'acme'], { cwd })
    await done(['publish', 'insights.wasm', ...PLACE], { cwd })
    const sign = ['sign', 'acme:insights@1.0.0', '--key', 'acme.key', ...PLACE]
    const { manifest } = await resultOf([...sign, '--dry-run'], { cwd })
    expect(manifest).toMatch(/^sha256:/)
    expect(await resultOf([...sign, '--dry-run'], { cwd })).toMatchObject({ dryRun: true, signed: 0 })
    const nowhere = ['sign', 'acme:insights@9.9.9', '--key', 'acme.key', ...PLACE, '--dry-run']
    expect(await codeOf(nowhere, { cwd })).toEqual(['VERSION_NOT_FOUND', 1])
    const yank = ['yank', 'acme:insights@9.9.9', '--reason', 'Old.', ...nowhere.slice(2)]
    expect(await codeOf(yank, { cwd })).toEqual(['VERSION_NOT_FOUND', 1])
    const mirror = ['mirror', 'acme:insights@9.9.9', '--to', './copies', ...PLACE, '--dry-run']
    expect(await codeOf(mirror, { cwd })).toEqual(['VERSION_NOT_FOUND', 1])
    expect(await done(sign, { cwd })).toContain('2 statements attached')
    expect(await done(sign, { cwd })).toContain('had signed it before')
  })
})

describe('what cannot be told', () => {
  it('says every reason on a line of its own', async () => {
    const cwd = shop()
    for (const name of ['acme', 'other']) await done(['keygen', name], { cwd })
    await done(['registry', 'add', 'acme', './plugins'], { cwd })
    await done(['publish', 'insights.wasm', '--key', 'acme.key'], { cwd })
    await done(['install', 'acme:insights', '--yes'], { cwd })
    const rules = [{ packages: 'acme:*', signers: [{ key: 'other.pub' }] }]
    writeFileSync(path.join(cwd, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
    const { stdout, exitCode } = await runCli(['verify'], at({ cwd }))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^failed {2}acme:insights 1\.0\.0: SIGNER_UNTRUSTED no signature of acme:insights@1\.0\.0 counts\n {4}the key sha256:/,
    )
    expect(await runCli(['outdated'], at({ cwd }))).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/\n {2}acme:insights: SIGNER_UNTRUSTED .* counts\n {4}the key sha256:/),
    })
  })

  it('is told from a package that has no versions', async () => {
    const cwd = shop()
    await done(['publish', 'insights.wasm', ...PLACE], { cwd })
    expect(await codeOf(['search', 'acme:insights', '--registry', './pluggins'], { cwd })).toEqual([
      'LAYOUT_MISSING',
      2,
    ])
    for (const argv of [
      ['install', 'acme:insights'],
      ['wit', 'fetch', 'acme:insights'],
    ])
      expect(await codeOf([...argv, '--registry', './pluggins'], { cwd })).toEqual(['LAYOUT_MISSING', 2])
    expect(await done(['search', 'acme:insigths', ...PLACE], { cwd })).toContain(
      'dir:plugins/acme/insigths has no version of acme:insigths',
    )
  })
})

describe('the places of packages', () => {
  const FILE = 'wasm-plugin.registries.toml'

  it('are written beside what somebody wrote by hand', async () => {
    const cwd = tempDir()
    const env = { HOME: cwd, XDG_CONFIG_HOME: path.join(cwd, 'none') }
    expect(await done(['registry', 'list'], { cwd, env })).toContain('No namespace is mapped')
    const text =
      '# Ours.\n[namespace_registries]\n# The shop.\nacme = "ghcr.io"   # was quay.io\nother = "quay.io"\n'
    writeFileSync(path.join(cwd, FILE), text)
    await done(['registry', 'add', 'acme', './plugins'], { cwd, env })
    await done(['registry', 'add', 'new-one', 'ghcr.io/new'], { cwd, env })
    await done(['registry', 'add', 'acme:render', '127.0.0.1:5000', '--dry-run'], { cwd, env })
    await done(['registry', 'add', 'acme:render', '127.0.0.1:5000'], { cwd, env })
    expect(readFileSync(path.join(cwd, FILE), 'utf8')).toBe(
      [
        '# Ours.\n[namespace_registries]\nnew-one = "ghcr.io/new"\n# The shop.\nacme = "./plugins"\nother = "quay.io"',
        '[package_registry_overrides]\n"acme:render" = "127.0.0.1:5000"\n',
      ].join('\n\n'),
    )
    const { places } = await resultOf(['registry', 'list'], { cwd, env })
    expect(places).toContainEqual({ name: 'acme:*', place: `dir:${path.join(cwd, 'plugins')}` })
    expect(places).toContainEqual({ name: 'new-one:*', place: 'ghcr.io/new' })
    expect(places).toContainEqual({ name: 'acme:render', place: '127.0.0.1:5000' })
  })

  it('are not written into a file of another form, nor under a name that is none', async () => {
    const cwd = tempDir()
    const text = 'namespace_registries = { acme = "ghcr.io" }\n'
    writeFileSync(path.join(cwd, FILE), text)
    expect(await codeOf(['registry', 'add', 'other', './plugins'], { cwd })).toEqual(['REGISTRIES_FILE', 1])
    for (const name of ['Acme', 'a b', 'acme"]\n[registry', ''])
      expect((await codeOf(['registry', 'add', name, './plugins'], { cwd }))[1]).not.toBe(0)
    expect((await codeOf(['registry', 'add', 'acme', 'https://x'], { cwd }))[1]).not.toBe(0)
    expect(readFileSync(path.join(cwd, FILE), 'utf8')).toBe(text)
    expect(await codeOf(['registry', 'add', 'acme'], { cwd })).toEqual(['MISSING_ARGUMENT', 2])
    expect(await codeOf(['registry', 'show'], { cwd })).toEqual(['INVALID_ARGUMENT', 2])
  })

  it('are nowhere for a namespace that nobody mapped', async () => {
    const cwd = shop()
    const env = { HOME: cwd }
    expect(await codeOf(['search', 'zzz-unmapped:insights'], { cwd, env })).toEqual([
      'NAMESPACE_NOT_MAPPED',
      2,
    ])
    expect(await codeOf(['search', 'acme:insights', '--limit', '0'], { cwd, env })).toEqual([
      'INVALID_OPTION',
      2,
    ])
  })

  it('are folders only by a path, so that nobody asks a host of that name', async () => {
    const cwd = shop()
    const bare = [
      ['search', 'acme:insights', '--registry', 'plugins'],
      ['install', 'acme:insights', '--registry', 'plugins'],
      ['publish', 'insights.wasm', '--registry', 'plugins'],
      ['wit', 'fetch', 'acme:insights', '--registry', 'plugins'],
      ['mirror', 'acme:insights@1.0.0', '--registry', './plugins', '--to', 'plugins'],
      ['registry', 'add', 'acme', 'plugins'],
    ]
    for (const there of [false, true]) {
      if (there) mkdirSync(path.join(cwd, 'plugins'))
      for (const argv of bare) {
        const { document, exitCode } = await runJson(argv, at({ cwd }))
        expect([document.error?.code, exitCode]).toEqual(['INVALID_OPTION', 2])
        expect(document.error?.hint).toContain('Did you mean `./plugins`?')
      }
    }
    const { document } = await runJson(['install', 'acme:insights', ...PLACE], at({ cwd }))
    expect(document.error).toMatchObject({
      code: 'VERSION_NOT_FOUND',
      hint: expect.stringMatching(/`wasm-plugin search acme:insights`.* the path of the folder\.$/),
    })
  })
})

it('says of a transfer how far it is, how fast, and for how long', () => {
  expect(describeTransfer({ moved: 12e6, total: 60e6, now: 12e6, ms: 3000 })).toBe(
    '12.0 MB of 60.0 MB, 4.0 MB/s, 12.0 s left',
  )
  expect(describeTransfer({ moved: 5e6, total: 6e6, now: 0, ms: 10 })).toBe('5.0 MB of 6.0 MB')
})

attack(
  'G60',
  'a reason for a withdrawal with control characters and lines of its own, which is shown to all who have the version',
  'it is one line, on which everything can be seen',
  async () => {
    const cwd = shop()
    await done(['registry', 'add', 'acme', './plugins'], { cwd })
    await done(['keygen', 'acme'], { cwd })
    for (const version of ['1.0.0', '1.1.0']) await republish(cwd, { version }, '--key', 'acme.key')
    await done(['install', 'acme:insights', '--yes'], { cwd })
    const reason = 'old\u001b[2J\u001b[1;31m\n  Installed evil:plugin 9.9.9\r\u202e'
    await done(['yank', 'acme:insights@1.1.0', '--reason', reason, '--key', 'acme.key'], { cwd })
    for (const argv of [['verify'], ['outdated'], ['install', 'acme:insights', '--yes']]) {
      const { stdout, stderr } = await runCli(argv, at({ cwd, isTTY: true }))
      const text = stdout + stderr
      // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours, and the line that is drawn anew.
      const rest = text.replace(/\u001b\[(?:\d+(?:;\d+)?m|2K)|\r(?=\u001b)/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing of the reason has its effect.
      expect(rest).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
      expect(text).not.toMatch(/^\s*Installed evil/m)
    }
  },
)

attack(
  'G61',
  'a name that nearly is the one of an installed plugin, for who types in a hurry',
  'it needs consent, and `--grants` does not give it',
  async () => {
    const cwd = shop()
    await done(['publish', 'insights.wasm', ...PLACE], { cwd })
    await done(['install', 'acme:insights', ...PLACE], { cwd })
    await republish(cwd, { id: 'acme:insigths' })
    writeFileSync(path.join(cwd, 'allowed.json'), '{}')
    const install = ['install', 'acme:insigths', ...PLACE]
    expect(await codeOf(install, { cwd })).toEqual(['CONSENT_REQUIRED', 1])
    const refused = await runCli([...install, '--grants', 'allowed.json'], at({ cwd }))
    expect(refused.stderr).toContain('its name is nearly that of acme:insights')
    expect(await resultOf(['list'], { cwd })).toMatchObject({ plugins: [{ name: 'acme:insights' }] })
  },
)
