import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build, generateBindings } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { makeClangProject, makeFolder } from '../support/project.js'
import { wasiStubs } from '../support/wasi-stubs.js'

/** Records and variants that hold a resource, whose methods take and give them again. */
const WIT = `package a:b;
interface host {
  record entry { owner: account, name: string }
  variant found { none, one(entry) }
  enum level { low, high }
  resource account {
    constructor(name: string);
    entry: func(l: level) -> entry;
    find: static func(name: string) -> found;
  }
  take: func(e: entry) -> string;
}
world w { import host; export run: func() -> string; }
`
const SOURCE = `#include "gen/w_cpp.h"
#include <string>
using namespace a::b::host;
wit::string exports::w::Run() {
  Account account("one");
  Entry entry = account.Entry(Level::kHigh);
  std::string all = entry.name.to_string();
  Found found = Account::Find("two");
  if (auto *one = std::get_if<Found::One>(&found.variants)) all += one->value.name.to_string();
  return wit::string::from_view(all + Take(std::move(entry)).to_string());
}
`

describe('the order of imported types in C++', { timeout: 600_000 }, () => {
  it('has a class before what holds one of it, and announces what the class takes', async () => {
    const { files } = await generateBindings('cpp', { wit: makeFolder({ 'w.wit': WIT }), out: 'gen' })
    const header = String(files.get('w_cpp.h'))
    const at = (text: string) => {
      expect(header).toContain(text)
      return header.indexOf(text)
    }
    expect(at('struct Entry;')).toBeLessThan(at('class Account : public'))
    expect(at('class Account : public')).toBeLessThan(at('struct Entry {'))
    expect(at('struct Entry {')).toBeLessThan(at('struct Found {'))
  })

  it('stays as it is where no type needs a class', async () => {
    const wit = makeFolder({ 'w.wit': WIT.replace('owner: account', 'owner: string') })
    const { files } = await generateBindings('cpp', { wit, out: 'gen' })
    const header = String(files.get('w_cpp.h'))
    expect(header).not.toContain('struct Entry;')
    expect(header.indexOf('struct Entry {')).toBeLessThan(header.indexOf('class Account : public'))
  })

  it.skipIf(!isWhole)('compiles, and the plugin gets and gives such a record', async () => {
    const dir = makeClangProject({ 'w.wit': WIT, 'src/plugin.cpp': SOURCE })
    const { path } = await build({ dir, language: 'cpp', name: 'order', wit: 'w.wit', mode: 'debug' })
    class Account {
      constructor(readonly name: string) {}
      entry(level: string) {
        return { owner: this, name: `${this.name} ${level}` }
      }
      static find(name: string) {
        return { tag: 'one', val: { owner: new Account(name), name } }
      }
    }
    const component = await Component.compile(readFileSync(path))
    const { exports } = component.instantiate({
      ...wasiStubs(component),
      'a:b/host': {
        Account,
        take: ({ owner, name }: { owner: Account; name: string }) => `${owner.name}:${name}`,
      },
    })
    expect((exports as { run(): string }).run()).toBe('one hightwoone:one high')
  })
})
