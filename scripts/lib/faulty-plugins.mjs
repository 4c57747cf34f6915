/**
 * A plugin in each language whose `go` fails three calls deep, in lines that end with the number of the call, innermost first.
 * It takes 1 when it is to fail.
 */
export const faultyPlugins = [
  {
    language: 'rust',
    packages: [],
    files: {
      'Cargo.toml':
        '[package]\nname = "faulty"\nversion = "0.1.0"\nedition = "2024"\n[lib]\ncrate-type = ["cdylib"]\n[profile.release]\nstrip = true\n',
      'build.rs':
        'fn main() { println!("cargo:rustc-link-arg-cdylib=--component-type={}/w.wit", env!("CARGO_MANIFEST_DIR")) }\n',
      'src/lib.rs': `mod deep;

#[unsafe(export_name = "go")]
extern "C" fn go(n: u32) -> u32 {
    deep::second(n) + 1 // 3
}
`,
      'src/deep.rs': `#[inline(never)]
pub fn second(n: u32) -> u32 {
    third(n) + 1 // 2
}

fn third(n: u32) -> u32 {
    let table = [7];
    table[n as usize] // 1
}
`,
    },
  },
  {
    language: 'c',
    packages: ['@yowasp/clang'],
    files: {
      'src/plugin.c': `#include "w.h"

static unsigned third(unsigned n) {
  return 10 / (n - 1); // 1
}

static unsigned second(unsigned n) {
  return third(n) + 1; // 2
}

uint32_t exports_w_go(uint32_t n) {
  return second(n) + 1; // 3
}
`,
    },
  },
  {
    language: 'cpp',
    packages: ['@yowasp/clang'],
    files: {
      'src/plugin.cpp': `#include "w_cpp.h"

namespace deep {
struct Third {
  unsigned n;
  unsigned run() const {
    return 10 / (n - 1); // 1
  }
};

template <typename T> unsigned second(T n) {
  return Third{n}.run() + 1; // 2
}
}

uint32_t exports::w::Go(uint32_t n) {
  return deep::second(n) + 1; // 3
}
`,
    },
  },
  {
    language: 'assemblyscript',
    mode: 'debug',
    packages: ['assemblyscript'],
    files: {
      'assembly/index.ts': `import { second } from './deep'

export function go(n: u32): u32 {
  return second(n) + 1 // 3
}
`,
      'assembly/deep.ts': `class Third {
  constructor(private n: u32) {}

  run(): u32 {
    if (this.n == 1) throw new Error('one') // 1
    return this.n
  }
}

export function second(n: u32): u32 {
  return new Third(n).run() + 1 // 2
}
`,
    },
  },
  {
    language: 'js',
    shown: 'javascript',
    packages: ['esbuild', 'componentize-qjs'],
    files: {
      'src/index.js': `import { second } from './deep.js'

export function go(n) {
  return second(n) + 1 // 3
}
`,
      'src/deep.js': `export function second(n) {
  return third(n) + 1 // 2
}

function third(n) {
  const nothing = n === 1 ? undefined : { n }
  return nothing.n // 1
}
`,
    },
  },
  {
    language: 'ts',
    shown: 'typescript',
    packages: ['esbuild', 'typescript', 'componentize-qjs'],
    files: {
      'src/index.ts': `import { second } from './deep.js'

export function go(n: number): number {
  return second(n) + 1 // 3
}
`,
      'src/deep.ts': `interface Something {
  readonly n: number
}

export function second(n: number): number {
  return third(n) + 1 // 2
}

function third(n: number): number {
  const nothing = n === 1 ? undefined : { n }
  return (nothing as Something).n // 1
}
`,
    },
  },
]

export const WIT = 'package a:b; world w { export go: func(n: u32) -> u32; }\n'

/** Where the calls are, innermost first: `src/deep.rs:8`. */
export function placesIn(files) {
  const lines = Object.entries(files).flatMap(([file, text]) =>
    text.split('\n').map((line, i) => ({ place: `${file}:${i + 1}`, call: / \/\/ (\d)$/.exec(line)?.[1] })),
  )
  return ['1', '2', '3'].map((number) => lines.find(({ call }) => call === number)?.place)
}
