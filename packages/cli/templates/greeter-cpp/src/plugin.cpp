#include "gen/plugin_cpp.h"

#include <string>

namespace exports::example::greeter::greetings {

std::expected<wit::string, wit::string> Greet(wit::string name) {
  if (name.empty()) return std::unexpected(wit::string::from_view("a name is needed"));
  return wit::string::from_view("Hello, " + name.to_string() + "!");
}

} // namespace exports::example::greeter::greetings
