#include "gen/w_cpp.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace a::b::host;
using Lines = std::vector<std::string>;

wit::string text(std::string_view view) { return wit::string::from_view(view); }

std::vector<Point> points() {
  std::vector<Point> all;
  all.push_back({1.5, -7, text("a")});
  all.push_back({2, 3, text("ü")});
  all.push_back({0, 0, text("")});
  return all;
}

Shape poly() {
  auto all = points();
  return {Shape::Poly{wit::vector<Point>::from_view(std::span(all))}};
}

/// As `std::format` would write it, whose header alone takes a minute to compile.
std::string number(double value) {
  char digits[32];
  return {digits, (size_t)snprintf(digits, sizeof digits, "%g", value)};
}

std::string shown(Failure const &failure) {
  if (auto *missing = std::get_if<Failure::Missing>(&failure.variants)) return "missing " + missing->value.to_string();
  if (auto *full = std::get_if<Failure::Full>(&failure.variants)) return "full " + std::to_string(full->value);
  return "other";
}

std::string shown(Shape const &shape) {
  if (auto *circle = std::get_if<Shape::Circle>(&shape.variants)) return "circle " + number(circle->value);
  if (auto *named = std::get_if<Shape::Named>(&shape.variants)) return "named " + named->value.to_string();
  auto *poly = std::get_if<Shape::Poly>(&shape.variants);
  if (poly == nullptr) return "none";
  std::string names;
  for (auto const &point : poly->value.get_view()) {
    if (!point.name.empty()) names += point.name.to_string() + ",";
  }
  return "poly " + names;
}

std::string shown(wit::vector<wit::string> const &list) {
  std::string all;
  for (auto const &item : list.get_view()) all += (all.empty() ? "" : ",") + item.to_string();
  return all;
}

std::string turned(Shape shape, Level level, Perms perms) {
  auto [s, l, p] = Turn(std::move(shape), level, perms);
  auto bit = [p](Perms one) { return (p & one) == one ? '1' : '0'; };
  std::string bits{bit(Perms::kRead), bit(Perms::kWrite), bit(Perms::kExec)};
  return shown(s) + (l == Level::kHigh ? " high " : " low ") + bits;
}

Lines strings() {
  auto many = Greet(std::string(150'000, 'x'), 2);
  auto count = std::ranges::count(many.get_view(), 'x');
  return {Greet("ä", 2).to_string(), Greet("nobody", 0).to_string(), std::to_string(count)};
}

Lines records() {
  Point sum = Sum(points()), none = Sum({});
  auto shown = [](Point const &p) { return number(p.x) + " " + number(p.y) + " " + p.name.to_string(); };
  return {shown(sum), shown(none)};
}

Lines variants() {
  return {
      turned(poly(), Level::kLow, Perms::kExec),
      turned({Shape::Circle{1.5}}, Level::kHigh, Perms::kWrite),
      turned({Shape::Named{text("näh")}}, Level::kLow, Perms::k_None),
      turned({Shape::None{}}, Level::kHigh, Perms::kRead | Perms::kWrite | Perms::kExec),
  };
}

Lines results() {
  auto one = Check(1), two = Check(2);
  return {
      std::to_string((int)Area({Shape::Circle{1.5}}).value()),
      shown(Area({Shape::Named{text("n")}}).error()),
      shown(Area({Shape::None{}}).error()),
      one ? "ok" : "failed",
      two.error().to_string(),
  };
}

std::string shown(Attempt const &attempt) {
  auto *tried = std::get_if<Attempt::Tried>(&attempt.variants);
  if (tried == nullptr) return "never";
  auto const &result = std::get<0>(tried->value);
  return result ? std::to_string(result->size()) : shown(result.error());
}

Lines attempts() {
  std::vector<uint16_t> numbers{1, 2, 3};
  Attempt good{Attempt::Tried{{wit::vector<uint16_t>::from_view(std::span(numbers))}}};
  Attempt bad{Attempt::Tried{{std::unexpected(Failure{Failure::Missing{text("it")}})}}};
  return {shown(Again(std::move(good))), shown(Again(std::move(bad))), shown(Again({Attempt::Never{}}))};
}

/// What is assigned is a copy: the first goes, and the second stays what it is.
Lines copies() {
  std::optional<wit::string> name = text("first"), other = text("second");
  wit::vector<wit::string> list, more = wit::vector<wit::string>::from_view(std::span(&*other, 1));
  name = other;
  list = more;
  list = list;
  *other = text("third");
  more[0] = *other;
  return {name->to_string(), shown(list), shown(more)};
}

Lines resources() {
  Store one("one"), spare("spare");
  auto first = one.Put("a", "1").value(), second = one.Put("b", std::nullopt).value();
  auto full = one.Put("c", "3").error(), missing = one.Put("", "").error();
  auto nameless = Store::Open("");
  Store two = std::move(Store::Open("two").value());
  (void)two.Put("c", "3");
  auto keys = shown(one.Keys());
  Store merged = Merge(one, std::move(two));
  return {
      std::to_string(first) + " " + std::to_string(second), shown(full), shown(missing), keys, nameless.error().to_string(),
      "two!: " + shown(merged.Keys()),
  };
}

} // namespace

wit::vector<wit::string> exports::w::Go(wit::string what) {
  auto name = what.get_view();
  auto lines = name == "strings"    ? strings()
               : name == "records"  ? records()
               : name == "variants" ? variants()
               : name == "results"  ? results()
               : name == "attempts" ? attempts()
               : name == "copies"   ? copies()
                                    : resources();
  std::vector<wit::string> out;
  for (auto const &line : lines) out.push_back(text(line));
  return wit::vector<wit::string>::from_view(std::span(out));
}
