// One file: the headers of the C++ library take longer to compile than what is written here.
#include "gen/values_plugin_cpp.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <ranges>
#include <string>
#include <vector>

namespace host = conformance::kit::values;

namespace exports::values_plugin {

std::expected<uint32_t, wit::string> Run(wit::vector<wit::string> words) {
  for (const wit::string &word : words.get_view()) {
    if (word.empty()) return std::unexpected(wit::string::from_view("an empty word"));
    ::values_plugin::Log(word.get_view());
  }
  return words.size();
}

::conformance::kit::types::Color Paint(::conformance::kit::types::Color c) { return c; }

void Fail() { std::abort(); }

} // namespace exports::values_plugin

namespace exports::conformance::kit {

std::tuple<uint32_t, uint64_t, std::optional<wit::string>> Consult(wit::string topic) {
  return {::conformance::ticks0_1_0::clock::Now(), ::conformance::ticks0_2_0::clock::Now("ms"),
          ::conformance::kit::Advise(topic.get_view())};
}

} // namespace exports::conformance::kit

namespace exports::conformance::kit::made {

Scalars Invert(Scalars v) {
  uint32_t next = v.letter + 1;
  return {
      .truth = !v.truth,
      .tiny = static_cast<int8_t>(~v.tiny),
      .byte = static_cast<uint8_t>(~v.byte),
      .short_ = static_cast<int16_t>(~v.short_),
      .word = static_cast<uint16_t>(~v.word),
      .signed_ = ~v.signed_,
      .unsigned_ = ~v.unsigned_,
      .long_ = ~v.long_,
      .bits = ~v.bits,
      .single = -v.single,
      .double_ = -v.double_,
      .letter = (next >= 0xd800 && next < 0xe000) || next > 0x10ffff ? 0 : next,
  };
}

ThirtyTwo Complement(ThirtyTwo v) { return ThirtyTwo(~uint32_t(v)); }

Color NextColor(Color v) { return v == Color::kDeepBlue ? Color::kRed : Color(uint8_t(v) + 1); }

std::optional<double> Area(Shape v) {
  struct Measure {
    std::optional<double> operator()(const Shape::Circle &circle) { return 3 * circle.value * circle.value; }
    std::optional<double> operator()(const Shape::Sides &sides) {
      auto lengths = sides.value.get_view();
      return std::accumulate(lengths.begin(), lengths.end(), 0.0);
    }
    std::optional<double> operator()(const Shape::Count &count) { return count.value; }
    std::optional<double> operator()(const Shape::Empty &) { return std::nullopt; }
    std::optional<double> operator()(const Shape::Label &) { return std::nullopt; }
    std::optional<double> operator()(const Shape::Person &) { return std::nullopt; }
  };
  return std::visit(Measure{}, v.variants);
}

wit::string NameOf(Shape v) {
  static constexpr std::string_view names[] = {"empty", "circle", "label", "sides", "person", "count"};
  return wit::string::from_view(names[v.variants.index()]);
}

std::expected<int32_t, wit::string> Divide(int32_t a, int32_t b) {
  if (b == 0) return std::unexpected(wit::string::from_view(std::to_string(a) + " by zero"));
  return a == INT32_MIN && b == -1 ? a : a / b;
}

wit::vector<wit::string> Reverse(wit::vector<wit::string> v) {
  std::ranges::reverse(v.get_view());
  return v;
}

std::tuple<uint32_t, uint32_t> Measure(wit::string v) {
  auto starts = std::ranges::count_if(v.get_view(), [](char byte) { return (byte & 0xc0) != 0x80; });
  return {starts, v.size()};
}

/// A scalar value in UTF-8.
static std::string Encode(uint32_t scalar) {
  if (scalar < 0x80) return {char(scalar)};
  size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
  std::string out(length, '\0');
  for (size_t i = length - 1; i > 0; i--, scalar >>= 6) out[i] = char(0x80 | (scalar & 0x3f));
  out[0] = char((0xf00 >> length) | scalar);
  return out;
}

wit::string Join(wit::vector<wit::string> v, uint32_t separator) {
  std::string joined, between = Encode(separator);
  for (const wit::string &word : v.get_view()) {
    if (&word != v.data()) joined += between;
    joined += word.get_view();
  }
  return wit::string::from_view(joined);
}

std::optional<std::optional<uint32_t>> Wrap(uint32_t n) {
  if (n == 0) return std::nullopt;
  return n == 1 ? std::optional<uint32_t>() : n;
}

int64_t Sum(wit::vector<int64_t> v) {
  uint64_t sum = 0; // which may wrap
  for (int64_t number : v.get_view()) sum += number;
  return sum;
}

wit::vector<double> SpecialFloats() {
  using Limits = std::numeric_limits<double>;
  const double infinity = Limits::infinity();
  const double floats[] = {Limits::quiet_NaN(), infinity, -infinity, -0.0, Limits::denorm_min(), Limits::max()};
  return wit::vector<double>::from_view(std::span<const double>(floats));
}

wit::vector<uint8_t> Fill(uint32_t length, uint8_t byte) {
  auto bytes = wit::vector<uint8_t>::allocate(length);
  std::ranges::fill(bytes.get_view(), byte);
  return bytes;
}

} // namespace exports::conformance::kit::made

// What came from the host goes to the host.
namespace exports::conformance::kit::values {

void Nothing() { host::Nothing(); }
bool PassBool(bool v) { return host::PassBool(v); }
int8_t PassS8(int8_t v) { return host::PassS8(v); }
uint8_t PassU8(uint8_t v) { return host::PassU8(v); }
int16_t PassS16(int16_t v) { return host::PassS16(v); }
uint16_t PassU16(uint16_t v) { return host::PassU16(v); }
int32_t PassS32(int32_t v) { return host::PassS32(v); }
uint32_t PassU32(uint32_t v) { return host::PassU32(v); }
int64_t PassS64(int64_t v) { return host::PassS64(v); }
uint64_t PassU64(uint64_t v) { return host::PassU64(v); }
float PassF32(float v) { return host::PassF32(v); }
double PassF64(double v) { return host::PassF64(v); }
uint32_t PassChar(uint32_t v) { return host::PassChar(v); }
wit::string PassString(wit::string v) { return host::PassString(v.get_view()); }

wit::vector<uint8_t> PassBytes(wit::vector<uint8_t> v) { return host::PassBytes(v.get_view()); }
wit::vector<int16_t> PassShorts(wit::vector<int16_t> v) { return host::PassShorts(v.get_view()); }
wit::vector<float> PassFloats(wit::vector<float> v) { return host::PassFloats(v.get_view()); }
wit::vector<uint64_t> PassLongs(wit::vector<uint64_t> v) { return host::PassLongs(v.get_view()); }
wit::vector<bool> PassTruths(wit::vector<bool> v) { return host::PassTruths(v.get_view()); }
wit::vector<uint32_t> PassLetters(wit::vector<uint32_t> v) { return host::PassLetters(v.get_view()); }

static std::vector<std::string_view> Views(const wit::vector<wit::string> &strings) {
  auto views = strings.get_view() | std::views::transform(&wit::string::get_view);
  return {views.begin(), views.end()};
}

wit::vector<wit::string> PassStrings(wit::vector<wit::string> v) { return host::PassStrings(Views(v)); }

wit::vector<wit::vector<wit::string>> PassLists(wit::vector<wit::vector<wit::string>> v) {
  auto lists = v.get_view() | std::views::transform(Views);
  std::vector<std::vector<std::string_view>> views(lists.begin(), lists.end());
  std::vector<std::span<const std::string_view>> spans(views.begin(), views.end());
  return host::PassLists(spans);
}

Scalars PassScalars(Scalars v) { return host::PassScalars(v); }
Nested PassNested(Nested v) { return host::PassNested(std::move(v)); }
People PassPeople(People v) { return host::PassPeople(v.get_view()); }

std::tuple<uint8_t, wit::string, float, int64_t, bool> PassTuple(
    std::tuple<uint8_t, wit::string, float, int64_t, bool> v) {
  auto &[byte, text, single, number, truth] = v;
  return host::PassTuple({byte, text.get_view(), single, number, truth});
}

Shape PassShape(Shape v) { return host::PassShape(std::move(v)); }
wit::vector<Shape> PassShapes(wit::vector<Shape> v) { return host::PassShapes(v.get_view()); }
Color PassColor(Color v) { return host::PassColor(v); }
Single PassSingle(Single v) { return host::PassSingle(v); }
Eight PassEight(Eight v) { return host::PassEight(v); }
Nine PassNine(Nine v) { return host::PassNine(v); }
Seventeen PassSeventeen(Seventeen v) { return host::PassSeventeen(v); }
ThirtyTwo PassThirtyTwo(ThirtyTwo v) { return host::PassThirtyTwo(v); }
Keywords PassKeywords(Keywords v) { return host::PassKeywords(std::move(v)); }

std::optional<uint32_t> PassOption(std::optional<uint32_t> v) { return host::PassOption(v); }

std::optional<wit::string> PassOptionString(std::optional<wit::string> v) {
  return host::PassOptionString(v.transform(&wit::string::get_view));
}

std::optional<std::optional<bool>> PassOptionOption(std::optional<std::optional<bool>> v) {
  return host::PassOptionOption(v);
}

std::expected<wit::string, uint32_t> PassResult(std::expected<wit::string, uint32_t> v) {
  return host::PassResult(std::move(v));
}

std::expected<uint8_t, wit::Void> PassResultOk(std::expected<uint8_t, wit::Void> v) { return host::PassResultOk(v); }

std::expected<void, wit::string> PassResultErr(std::expected<void, wit::string> v) {
  return host::PassResultErr(std::move(v));
}

std::expected<void, wit::Void> PassResultBare(std::expected<void, wit::Void> v) { return host::PassResultBare(v); }

using Named = std::expected<std::optional<wit::string>, Color>;
wit::vector<Named> PassResults(wit::vector<Named> v) { return host::PassResults(v.get_view()); }

std::tuple<wit::string, uint64_t, float, wit::vector<uint8_t>, std::optional<int16_t>, Shape, bool, uint32_t, Color>
PassMany(wit::string a, uint64_t b, float c, wit::vector<uint8_t> d, std::optional<int16_t> e, Shape f, bool g,
         uint32_t h, Color i) {
  return host::PassMany(a.get_view(), b, c, d.get_view(), e, std::move(f), g, h, i);
}

} // namespace exports::conformance::kit::values
