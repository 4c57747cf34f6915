#pragma once

#include <expected>
#include <string_view>

#include "gen/wit.h"

namespace exports::conformance::kit::counters {

class Counter : public wit::ResourceExportBase<Counter> {
public:
  inline static uint32_t alive = 0;

  explicit Counter(int32_t start) : current(start) { alive++; }
  ~Counter() { alive--; }
  int32_t Add(int32_t by) { return current += by; }
  int32_t Value() const { return current; }
  Owned Copy() const { return New(current); }
  static std::expected<Owned, wit::string> Parse(wit::string text);
  static Owned Merge(Owned a, Owned b) { return New(a->current + b->current); }

  static Owned New(int32_t start) { return Owned(new Counter(start)); }
  static void Dtor(Counter *self) { delete self; }
  static int32_t ResourceNew(Counter *self);
  static Counter *ResourceRep(int32_t id);
  static void ResourceDrop(int32_t id);

private:
  uint32_t current; // which may wrap
};

} // namespace exports::conformance::kit::counters
