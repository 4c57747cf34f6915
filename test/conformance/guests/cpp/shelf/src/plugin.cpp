#include "gen/shelf_plugin_cpp.h"

#include <string>

namespace exports::shelf_plugin {

using ::shelf_plugin::Entry;

std::expected<wit::string, wit::string> CopyOut(wit::string title, wit::vector<wit::string> lines) {
  std::expected<Entry, wit::string> opened = Entry::Open(title.get_view());
  if (!opened) return std::unexpected(std::move(opened.error()));
  for (const wit::string &line : lines.get_view()) opened->Append(line.get_view());
  Entry copy(title.to_string() + " copy");
  uint32_t count = copy.Append(opened->Text().get_view());
  wit::string answer = ::shelf_plugin::Archive(std::move(*opened));
  return wit::string::from_view(answer.to_string() + "/" + std::to_string(count));
}

uint32_t Sign(std::reference_wrapper<const Entry> e, wit::string name) { return e.get().Append(name.get_view()); }

std::optional<Entry> Last(wit::vector<Entry> all) {
  if (all.empty()) return std::nullopt;
  return std::move(all[all.size() - 1]);
}

Entry Replace(Entry &&e) {
  Entry old(std::move(e));
  return Entry("new");
}

} // namespace exports::shelf_plugin
