import { describe, expect, it } from 'vitest'
import { buildClangGuest } from '../support/clang.js'
import { wasiStubs } from '../support/wasi-stubs.js'

const WIT = `package a:b;
interface host {
  resource counter { constructor(start: u32); add: func(n: u32) -> u32; }
  take: func(c: counter) -> u32;
  rows: func(rows: list<tuple<string, option<f64>>>) -> list<string>;
}
interface guest {
  use host.{counter};
  resource stack {
    constructor(first: list<string>);
    push: func(s: string);
    joined: func() -> string;
    merge: static func(a: stack, b: borrow<stack>) -> stack;
    join: static func(a: stack, b: stack) -> stack;
  }
  length: func(s: borrow<stack>) -> u32;
  dropped: func() -> u32;
  use-counter: func(start: u32) -> u32;
  count: func(one: borrow<counter>, all: list<borrow<counter>>) -> u32;
  last: func(all: list<counter>) -> option<counter>;
  rows: func(rows: list<tuple<string, option<f64>>>) -> list<string>;
}
world w { import host; export guest; }`

const C = `#include "gen/w.h"
#include <stdlib.h>
#include <string.h>

struct exports_a_b_guest_stack_t { char *bytes; size_t size; };
static uint32_t dropped = 0;

static void append(exports_a_b_guest_stack_t *stack, const uint8_t *bytes, size_t size) {
  stack->bytes = realloc(stack->bytes, stack->size + size + 1);
  memcpy(stack->bytes + stack->size, bytes, size);
  stack->size += size;
}
exports_a_b_guest_own_stack_t exports_a_b_guest_constructor_stack(w_list_string_t *first) {
  exports_a_b_guest_stack_t *stack = calloc(1, sizeof *stack);
  for (size_t i = 0; i < first->len; i++) append(stack, first->ptr[i].ptr, first->ptr[i].len);
  w_list_string_free(first);
  return exports_a_b_guest_stack_new(stack);
}
void exports_a_b_guest_method_stack_push(exports_a_b_guest_borrow_stack_t self, w_string_t *s) {
  append(self, s->ptr, s->len);
  w_string_free(s);
}
void exports_a_b_guest_method_stack_joined(exports_a_b_guest_borrow_stack_t self, w_string_t *ret) {
  w_string_dup_n(ret, self->bytes, self->size);
}
exports_a_b_guest_own_stack_t exports_a_b_guest_static_stack_merge(
    exports_a_b_guest_own_stack_t a, exports_a_b_guest_borrow_stack_t b) {
  append(exports_a_b_guest_stack_rep(a), (uint8_t *)b->bytes, b->size);
  return a;
}
exports_a_b_guest_own_stack_t exports_a_b_guest_static_stack_join(
    exports_a_b_guest_own_stack_t a, exports_a_b_guest_own_stack_t b) {
  exports_a_b_guest_stack_t *second = exports_a_b_guest_stack_rep(b);
  append(exports_a_b_guest_stack_rep(a), (uint8_t *)second->bytes, second->size);
  exports_a_b_guest_stack_drop_own(b);
  return a;
}
void exports_a_b_guest_stack_destructor(exports_a_b_guest_stack_t *stack) {
  dropped++;
  free(stack->bytes);
  free(stack);
}
uint32_t exports_a_b_guest_length(exports_a_b_guest_borrow_stack_t s) { return s->size; }
uint32_t exports_a_b_guest_dropped(void) { return dropped; }
uint32_t exports_a_b_guest_use_counter(uint32_t start) {
  a_b_host_own_counter_t counter = a_b_host_constructor_counter(start);
  a_b_host_own_counter_t spare = a_b_host_constructor_counter(0);
  a_b_host_method_counter_add(a_b_host_borrow_counter(counter), 2);
  a_b_host_counter_drop_own(spare);
  return a_b_host_take(counter);
}
uint32_t exports_a_b_guest_count(exports_a_b_guest_borrow_counter_t one, exports_a_b_guest_list_borrow_counter_t *all) {
  uint32_t sum = a_b_host_method_counter_add(one, 1);
  a_b_host_counter_drop_borrow(one);
  for (size_t i = 0; i < all->len; i++) {
    sum += a_b_host_method_counter_add(all->ptr[i], 1);
    a_b_host_counter_drop_borrow(all->ptr[i]);
  }
  free(all->ptr);
  return sum;
}
bool exports_a_b_guest_last(exports_a_b_guest_list_own_counter_t *all, exports_a_b_guest_own_counter_t *ret) {
  if (all->len == 0) return false;
  for (size_t i = 0; i + 1 < all->len; i++) a_b_host_counter_drop_own(all->ptr[i]);
  *ret = all->ptr[all->len - 1];
  free(all->ptr);
  return true;
}
void exports_a_b_guest_rows(w_list_tuple2_string_option_f64_t *rows, w_list_string_t *ret) {
  a_b_host_rows(rows, ret);
  w_list_tuple2_string_option_f64_free(rows);
}
`

const CPP = `#include "gen/w_cpp.h"
#include <string>
#include <vector>

namespace exports::a::b::guest {

uint32_t dropped = 0;

Stack::Stack(wit::vector<wit::string> first) {
  for (auto const &part : first.get_view()) text += part.get_view();
}
Stack::~Stack() { dropped++; }
void Stack::Push(wit::string s) { text += s.get_view(); }
wit::string Stack::Joined() { return wit::string::from_view(text); }
Stack::Owned Stack::Merge(Owned a, std::reference_wrapper<const Stack> b) {
  a->text += b.get().text;
  return a;
}
Stack::Owned Stack::Join(Owned a, Owned b) {
  a->text += b->text;
  return a;
}
uint32_t Length(std::reference_wrapper<const Stack> s) { return s.get().text.size(); }
uint32_t Dropped() { return dropped; }
uint32_t UseCounter(uint32_t start) {
  ::a::b::host::Counter counter(start), spare(0);
  counter.Add(2);
  return ::a::b::host::Take(std::move(counter));
}
uint32_t Count(std::reference_wrapper<const Counter> one, wit::vector<std::reference_wrapper<const Counter>> all) {
  uint32_t sum = one.get().Add(1);
  for (const Counter &counter : all.get_view()) sum += counter.Add(1);
  return sum;
}
std::optional<Counter> Last(wit::vector<Counter> all) {
  std::optional<Counter> last;
  for (Counter &counter : all.get_view()) last = std::move(counter);
  return last;
}
wit::vector<wit::string> Rows(wit::vector<std::tuple<wit::string, std::optional<double>>> rows) {
  std::vector<std::tuple<std::string_view, std::optional<double>>> views;
  for (auto const &[name, value] : rows.get_view()) views.emplace_back(name.get_view(), value);
  return ::a::b::host::Rows(views);
}

} // namespace exports::a::b::guest
`

const sources = {
  c: () => ({ 'plugin.c': C }),
  cpp: (stubs: ReadonlyMap<string, string>) => ({
    'plugin.cpp': CPP,
    'exports-a-b-guest-Stack.h': stubs
      .get('exports-a-b-guest-Stack.h')!
      .replace('public:\n', 'public:\n  std::string text;\n  ~Stack();\n'),
  }),
}

describe('resources', { timeout: 600_000 }, () => {
  it.each(['c', 'cpp'] as const)(
    'of both sides live and end as in a plugin in %s they should',
    async (language) => {
      const component = await buildClangGuest({ language, wit: WIT, source: sources[language] })
      const counters: number[] = []
      class Counter {
        constructor(public value: number) {}
        add(n: number): number {
          this.value += n
          return this.value
        }
        [Symbol.dispose]() {
          counters.push(this.value)
        }
      }
      const rows = (list: [string, number | undefined][]) =>
        list.map(([name, value]) => `${name}=${value ?? '-'}`)
      const host = { Counter, take: ({ value }: Counter) => value, rows }
      const { exports } = component.instantiate({ 'a:b/host': host, ...wasiStubs(component) }, { fuel: 1e9 })
      // biome-ignore lint/suspicious/noExplicitAny: the shape is the world's
      const guest = exports['a:b/guest'] as any
      const stack = new guest.Stack(['ä', '😀'])
      stack.push('z')
      expect(stack.joined()).toBe('ä😀z')
      expect(guest.length(stack)).toBe(7)
      const other = new guest.Stack([])
      other.push('!')
      const merged = guest.Stack.merge(stack, other)
      expect(merged.joined()).toBe('ä😀z!')
      expect(guest.dropped()).toBe(0)
      other[Symbol.dispose]()
      merged[Symbol.dispose]()
      expect(guest.dropped()).toBe(2)
      expect(guest.useCounter(40)).toBe(42)
      expect(counters).toEqual([0])

      const made = (text: string) => new guest.Stack([text])
      let long = made('0')
      // Handles go and come back in another order than they were made in.
      for (let i = 1; i <= 5; i++) {
        const [unused, next] = [made('?'), made(String(i))]
        unused[Symbol.dispose]()
        long = guest.Stack.join(long, next)
      }
      expect(long.joined()).toBe('012345')
      expect(guest.dropped()).toBe(12)
      long[Symbol.dispose]()

      const [one, two, three] = [new Counter(1), new Counter(10), new Counter(100)]
      expect(guest.count(one, [two, three, two])).toBe(2 + 11 + 101 + 12)
      expect(guest.count(one, [])).toBe(3)
      expect(counters).toEqual([0])
      expect(guest.last([])).toBeUndefined()
      expect(guest.last([one, two, three])).toBe(three)
      expect(counters).toEqual([0, 3, 12])

      const list = Array.from({ length: 50 }, (_, i) => [`ü${i}`, i % 3 === 0 ? undefined : i / 7])
      expect(guest.rows(list)).toEqual(rows(list as [string, number | undefined][]))
      expect(guest.rows([])).toEqual([])
      for (let i = 0; i < 2_000; i++) guest.rows(list)
    },
  )
})
