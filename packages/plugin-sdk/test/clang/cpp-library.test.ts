import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { makeClangProject } from '../support/project.js'
import { wasiStubs } from '../support/wasi-stubs.js'

const SOURCE = `#include "gen/w_cpp.h"
#include <algorithm>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <typeinfo>
#include <variant>
#include <vector>

static int constructed = 0;
static struct Global { Global() { constructed++; } } global;
struct Shape { virtual ~Shape() = default; };
struct Square : Shape {};

static std::string check(std::string_view what) {
  if (what == "containers") {
    std::map<std::string, std::vector<int>> lists{{"b", {3, 1, 2}}, {"a", {9}}};
    std::ranges::sort(lists["b"]);
    return std::format("{} {}", lists.begin()->first, lists["b"][0]);
  }
  if (what == "sums") {
    std::optional<int> none;
    std::variant<int, std::string> text = "text";
    return std::format("{} {} {}", none.value_or(7), text.index(), std::get<1>(text));
  }
  if (what == "format") return std::format("{:>8.3f}|{:#x}|{:<4}|", 3.14159, 255, "ä");
  if (what == "streams") {
    std::ostringstream out;
    int n = 0;
    std::istringstream("12 x") >> n;
    out << 1.5 << ' ' << std::boolalpha << (n == 12);
    return out.str();
  }
  if (what == "types") {
    std::unique_ptr<Shape> shape = std::make_unique<Square>(), plain = std::make_unique<Shape>();
    Shape &square = *shape;
    return std::format("{} {} {}", dynamic_cast<Square *>(shape.get()) != nullptr,
                       dynamic_cast<Square *>(plain.get()) != nullptr, typeid(square) == typeid(Square));
  }
  if (what == "globals") return std::to_string(constructed);
  return std::to_string(std::vector<int>().at(3)); // Would throw.
}

wit::string exports::w::Check(wit::string what) { return wit::string::from_view(check(what.get_view())); }
`

// Half a minute of the compiler.
describe.runIf(isWhole)('the C++ library', { timeout: 600_000 }, () => {
  it('works without exceptions, as docs/c.md says', async () => {
    const dir = makeClangProject({
      'w.wit': 'package a:b; world w { export check: func(what: string) -> string; }',
      'src/plugin.cpp': SOURCE,
    })
    const { path, warnings } = await build({ dir, name: 'library', wit: 'w.wit', mode: 'debug' })
    expect(warnings).toEqual([])
    const component = await Component.compile(readFileSync(path))
    const { exports } = component.instantiate(wasiStubs(component))
    const check = exports.check as unknown as (what: string) => string
    expect(check('containers')).toBe('a 1')
    expect(check('sums')).toBe('7 1 text')
    expect(check('format')).toBe('   3.142|0xff|ä   |')
    expect(check('streams')).toBe('1.5 true')
    expect(check('types')).toBe('true false true')
    expect([check('globals'), check('globals')]).toEqual(['1', '1'])
    // It says why on a stderr that the application has not granted here, and ends.
    expect(() => check('would throw')).toThrow()
  })
})
