#include "gen/resources_plugin_cpp.h"

#include <charconv>
#include <string>

namespace exports::conformance::kit::counters {

std::expected<Counter::Owned, wit::string> Counter::Parse(wit::string text) {
  int32_t value = 0;
  auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error == std::errc() && end == text.end()) return New(value);
  return std::unexpected(wit::string::from_view("not a number: " + text.to_string()));
}

int32_t Total(wit::vector<std::reference_wrapper<const Counter>> all) {
  uint32_t sum = 0;
  for (const Counter &counter : all.get_view()) sum += counter.Value();
  return sum;
}

Pair Split(Counter::Owned c) {
  int32_t value = c->Value(), half = value / 2;
  Pair pair{.left = Counter::New(half), .right = std::nullopt};
  if (value % 2 != 0) pair.right = Counter::New(value - half);
  return pair;
}

uint32_t Alive() { return Counter::alive; }

} // namespace exports::conformance::kit::counters

namespace exports::conformance::kit::scribe {

std::expected<wit::string, wit::string> CopyOut(wit::string title, wit::vector<wit::string> lines) {
  std::expected<Entry, wit::string> opened = Entry::Open(title.get_view());
  if (!opened) return std::unexpected(std::move(opened.error()));
  for (const wit::string &line : lines.get_view()) opened->Append(line.get_view());
  Entry copy(title.to_string() + " copy");
  copy.Append(opened->Text().get_view());
  wit::string answer = ::conformance::kit::journal::Archive(std::move(*opened));
  uint32_t size = ::conformance::kit::journal::Size(copy);
  return wit::string::from_view(answer.to_string() + "/" + std::to_string(size));
}

uint32_t Sign(std::reference_wrapper<const Entry> e, wit::string name) { return e.get().Append(name.get_view()); }

std::optional<Entry> Last(wit::vector<Entry> all) {
  if (all.empty()) return std::nullopt;
  return std::move(all[all.size() - 1]);
}

} // namespace exports::conformance::kit::scribe
