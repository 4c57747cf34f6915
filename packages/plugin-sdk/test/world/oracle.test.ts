import { readFileSync } from 'node:fs'
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { BuildCache, findCustomSection, newComponent, resolveWorld } from '#internal'
import { makeFolder } from '../support/project.js'

const KIT = new URL('../../../../test/conformance/wit/kit/conformance.wit', import.meta.url)

/** Another build of the same crates reads the same WIT and makes the same of it. */
describe('the WIT tools', () => {
  it.each(['values-plugin', 'resources-plugin'])('see the world %s as jco does', async (world) => {
    const text = readFileSync(KIT, 'utf8')
    const wit = makeFolder({ 'kit.wit': text })
    const ours = await resolveWorld({ wit, world })
    const theirs = await componentEmbed({ witSource: text, world, dummy: true, stringEncoding: 'utf16' })
    expect(typeOf(ours.metadata)).toEqual(typeOf(findCustomSection(theirs, 'component-type')!))
    const component = await newComponent(ours.dummy, new BuildCache(null))
    expect(typeOf(component)).toEqual(typeOf(await componentNew(theirs, [])))
  })
})

const typeOf = (bytes: Uint8Array) => decodeComponent(bytes).root.type
