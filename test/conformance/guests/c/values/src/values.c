// What came from the host goes to the host. What comes in is ours to free; what goes out is freed for us.
#include "gen/values_plugin.h"

#define PASS(name, type) \
  type exports_conformance_kit_values_pass_##name(type v) { return conformance_kit_values_pass_##name(v); }

PASS(bool, bool)
PASS(s8, int8_t)
PASS(u8, uint8_t)
PASS(s16, int16_t)
PASS(u16, uint16_t)
PASS(s32, int32_t)
PASS(u32, uint32_t)
PASS(s64, int64_t)
PASS(u64, uint64_t)
PASS(f32, float)
PASS(f64, double)
PASS(char, uint32_t)
PASS(color, exports_conformance_kit_values_color_t)
PASS(single, exports_conformance_kit_values_single_t)
PASS(eight, exports_conformance_kit_values_eight_t)
PASS(nine, exports_conformance_kit_values_nine_t)
PASS(seventeen, exports_conformance_kit_values_seventeen_t)
PASS(thirty_two, exports_conformance_kit_values_thirty_two_t)

void exports_conformance_kit_values_pass_scalars(exports_conformance_kit_values_scalars_t *v,
                                                 exports_conformance_kit_values_scalars_t *ret) {
  conformance_kit_values_pass_scalars(v, ret);
}

// The same type has a name of each side of an interface.
#define PASS_OWNED(name, type) \
  void exports_conformance_kit_values_pass_##name(type##_t *v, type##_t *ret) { \
    conformance_kit_values_pass_##name((void *)v, (void *)ret); \
    type##_free(v); \
  }

PASS_OWNED(string, values_plugin_string)
PASS_OWNED(bytes, values_plugin_list_u8)
PASS_OWNED(shorts, values_plugin_list_s16)
PASS_OWNED(floats, values_plugin_list_f32)
PASS_OWNED(longs, values_plugin_list_u64)
PASS_OWNED(truths, values_plugin_list_bool)
PASS_OWNED(letters, values_plugin_list_char32)
PASS_OWNED(strings, values_plugin_list_string)
PASS_OWNED(lists, values_plugin_list_list_string)
PASS_OWNED(nested, exports_conformance_kit_values_nested)
PASS_OWNED(people, exports_conformance_kit_values_people)
PASS_OWNED(tuple, values_plugin_tuple5_u8_string_f32_s64_bool)
PASS_OWNED(shape, exports_conformance_kit_values_shape)
PASS_OWNED(shapes, exports_conformance_kit_values_list_shape)
PASS_OWNED(keywords, exports_conformance_kit_values_keywords)
PASS_OWNED(results, exports_conformance_kit_values_list_result_option_string_color)

void exports_conformance_kit_values_nothing(void) { conformance_kit_values_nothing(); }

// An option is a pointer that may be null, and true with a value in `ret`.
bool exports_conformance_kit_values_pass_option(uint32_t *maybe_v, uint32_t *ret) {
  return conformance_kit_values_pass_option(maybe_v, ret);
}

bool exports_conformance_kit_values_pass_option_string(values_plugin_string_t *maybe_v, values_plugin_string_t *ret) {
  bool some = conformance_kit_values_pass_option_string(maybe_v, ret);
  if (maybe_v != NULL) values_plugin_string_free(maybe_v);
  return some;
}

bool exports_conformance_kit_values_pass_option_option(values_plugin_option_bool_t *maybe_v,
                                                       values_plugin_option_bool_t *ret) {
  return conformance_kit_values_pass_option_option(maybe_v, ret);
}

// A result is true with a value in `ret`, or false with one in `err`.
bool exports_conformance_kit_values_pass_result(exports_conformance_kit_values_result_string_u32_t *v,
                                                values_plugin_string_t *ret, uint32_t *err) {
  bool ok = conformance_kit_values_pass_result((void *)v, ret, err);
  exports_conformance_kit_values_result_string_u32_free(v);
  return ok;
}

bool exports_conformance_kit_values_pass_result_ok(exports_conformance_kit_values_result_u8_void_t *v, uint8_t *ret) {
  return conformance_kit_values_pass_result_ok((void *)v, ret);
}

bool exports_conformance_kit_values_pass_result_err(exports_conformance_kit_values_result_void_string_t *v,
                                                    values_plugin_string_t *err) {
  bool ok = conformance_kit_values_pass_result_err((void *)v, err);
  exports_conformance_kit_values_result_void_string_free(v);
  return ok;
}

bool exports_conformance_kit_values_pass_result_bare(exports_conformance_kit_values_result_void_void_t *v) {
  return conformance_kit_values_pass_result_bare((void *)v);
}

void exports_conformance_kit_values_pass_many(
    values_plugin_string_t *a, uint64_t b, float c, values_plugin_list_u8_t *d, int16_t *maybe_e,
    exports_conformance_kit_values_shape_t *f, bool g, uint32_t h, exports_conformance_kit_values_color_t i,
    exports_conformance_kit_values_tuple9_string_u64_f32_list_u8_option_s16_shape_bool_char32_color_t *ret) {
  conformance_kit_values_pass_many(a, b, c, d, maybe_e, f, g, h, i, (void *)ret);
  values_plugin_string_free(a);
  values_plugin_list_u8_free(d);
  exports_conformance_kit_values_shape_free(f);
}
