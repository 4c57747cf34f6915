#include "gen/wasi_plugin_cpp.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>
#include <wasi/api.h>

namespace fs = std::filesystem;

/// A plugin has no `main`, so it asks for its arguments.
static std::vector<std::string> Arguments() {
  size_t count = 0, size = 0;
  if (__wasi_args_sizes_get(&count, &size) != 0) std::abort();
  std::vector<uint8_t *> arguments(count);
  std::string text(size, '\0');
  if (__wasi_args_get(arguments.data(), reinterpret_cast<uint8_t *>(text.data())) != 0) std::abort();
  return {reinterpret_cast<char **>(arguments.data()), reinterpret_cast<char **>(arguments.data() + count)};
}

static std::string Variable(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "none" : value;
}

static std::string Read(const char *path) {
  std::ifstream file(path);
  if (!file) return "refused";
  return {std::istreambuf_iterator<char>(file), {}};
}

static std::vector<std::string> List(const char *path) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const fs::directory_entry &entry : fs::directory_iterator(path, failed))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

static const char *Outcome(bool ok) { return ok ? "ok" : "refused"; }

static bool Write(const char *path) {
  std::ofstream file(path);
  file << "written by a plugin";
  file.close();
  return !file.fail();
}

static std::string Joined(const std::vector<std::string> &words) {
  std::string line;
  for (const std::string &word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

namespace exports::wasi_plugin {

void Report() {
  std::cout << "args: " << Joined(Arguments()) << '\n';
  std::cout << "GREETING: " << Variable("GREETING") << '\n';
  std::cout << "HOME: " << Variable("HOME") << '\n';
  std::cout << "read: " << Read("/data/hello.txt") << '\n';
  std::cout << "missing: " << Read("/data/missing.txt") << '\n';
  std::cout << "outside: " << Read("/data/../secret.txt") << '\n';
  std::cout << "list: " << Joined(List("/data")) << '\n';
  std::cout << "write: " << Outcome(Write("/out/made.txt")) << '\n';
  std::cout << "write where it may read: " << Outcome(Write("/data/made.txt")) << '\n';
  std::cout << "read back: " << Read("/out/made.txt") << '\n';
  std::error_code failed;
  std::cout << "remove: " << Outcome(fs::remove("/out/made.txt", failed)) << std::endl;
  std::cerr << "done" << std::endl;
}

} // namespace exports::wasi_plugin
