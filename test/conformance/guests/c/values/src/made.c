#include "gen/values_plugin.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size) {
  void *memory = malloc(size);
  if (memory == NULL && size > 0) abort();
  return memory;
}

void exports_conformance_kit_made_invert(exports_conformance_kit_made_scalars_t *v,
                                         exports_conformance_kit_made_scalars_t *ret) {
  uint32_t next = v->letter + 1;
  *ret = (exports_conformance_kit_made_scalars_t){
      .truth = !v->truth,
      .tiny = ~v->tiny,
      .byte = ~v->byte,
      .short_ = ~v->short_,
      .word = ~v->word,
      .signed_ = ~v->signed_,
      .unsigned_ = ~v->unsigned_,
      .long_ = ~v->long_,
      .bits = ~v->bits,
      .single = -v->single,
      .double_ = -v->double_,
      .letter = (next >= 0xd800 && next < 0xe000) || next > 0x10ffff ? 0 : next,
  };
}

exports_conformance_kit_made_thirty_two_t
exports_conformance_kit_made_complement(exports_conformance_kit_made_thirty_two_t v) {
  return ~v;
}

exports_conformance_kit_made_color_t
exports_conformance_kit_made_next_color(exports_conformance_kit_made_color_t v) {
  return v == CONFORMANCE_KIT_TYPES_COLOR_DEEP_BLUE ? CONFORMANCE_KIT_TYPES_COLOR_RED : v + 1;
}

bool exports_conformance_kit_made_area(exports_conformance_kit_made_shape_t *v, double *ret) {
  bool has_area = true;
  *ret = 0;
  switch (v->tag) {
  case CONFORMANCE_KIT_TYPES_SHAPE_CIRCLE:
    *ret = 3 * v->val.circle * v->val.circle;
    break;
  case CONFORMANCE_KIT_TYPES_SHAPE_SIDES:
    for (size_t i = 0; i < v->val.sides.len; i++) *ret += v->val.sides.ptr[i];
    break;
  case CONFORMANCE_KIT_TYPES_SHAPE_COUNT:
    *ret = v->val.count;
    break;
  default:
    has_area = false;
  }
  exports_conformance_kit_made_shape_free(v);
  return has_area;
}

void exports_conformance_kit_made_name_of(exports_conformance_kit_made_shape_t *v, values_plugin_string_t *ret) {
  static const char *const names[] = {"empty", "circle", "label", "sides", "person", "count"};
  values_plugin_string_dup(ret, names[v->tag]);
  exports_conformance_kit_made_shape_free(v);
}

bool exports_conformance_kit_made_divide(int32_t a, int32_t b, int32_t *ret, values_plugin_string_t *err) {
  if (b == 0) {
    char text[32];
    snprintf(text, sizeof text, "%d by zero", a);
    values_plugin_string_dup(err, text);
    return false;
  }
  *ret = a == INT32_MIN && b == -1 ? a : a / b;
  return true;
}

// The strings move from one list to the other.
void exports_conformance_kit_made_reverse(values_plugin_list_string_t *v, values_plugin_list_string_t *ret) {
  *ret = *v;
  for (size_t i = 0; i < ret->len / 2; i++) {
    values_plugin_string_t other = ret->ptr[ret->len - 1 - i];
    ret->ptr[ret->len - 1 - i] = ret->ptr[i];
    ret->ptr[i] = other;
  }
}

void exports_conformance_kit_made_measure(values_plugin_string_t *v, values_plugin_tuple2_u32_u32_t *ret) {
  *ret = (values_plugin_tuple2_u32_u32_t){0, v->len};
  for (size_t i = 0; i < v->len; i++) ret->f0 += (v->ptr[i] & 0xc0) != 0x80;
  values_plugin_string_free(v);
}

static size_t encode(uint32_t scalar, uint8_t out[4]) {
  if (scalar < 0x80) {
    out[0] = scalar;
    return 1;
  }
  size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--, scalar >>= 6) out[i] = 0x80 | (scalar & 0x3f);
  out[0] = (0xf00 >> length) | scalar;
  return length;
}

void exports_conformance_kit_made_join(values_plugin_list_string_t *v, uint32_t separator,
                                       values_plugin_string_t *ret) {
  uint8_t between[4];
  size_t width = encode(separator, between), size = 0;
  for (size_t i = 0; i < v->len; i++) size += v->ptr[i].len + (i > 0 ? width : 0);
  *ret = (values_plugin_string_t){allocate(size), 0};
  for (size_t i = 0; i < v->len; i++) {
    if (i > 0) {
      memcpy(ret->ptr + ret->len, between, width);
      ret->len += width;
    }
    memcpy(ret->ptr + ret->len, v->ptr[i].ptr, v->ptr[i].len);
    ret->len += v->ptr[i].len;
  }
  values_plugin_list_string_free(v);
}

bool exports_conformance_kit_made_wrap(uint32_t n, values_plugin_option_u32_t *ret) {
  *ret = (values_plugin_option_u32_t){n > 1, n};
  return n > 0;
}

int64_t exports_conformance_kit_made_sum(values_plugin_list_s64_t *v) {
  uint64_t sum = 0; // which may wrap
  for (size_t i = 0; i < v->len; i++) sum += (uint64_t)v->ptr[i];
  values_plugin_list_s64_free(v);
  return (int64_t)sum;
}

void exports_conformance_kit_made_special_floats(values_plugin_list_f64_t *ret) {
  const double floats[] = {NAN, INFINITY, -INFINITY, -0.0, DBL_TRUE_MIN, DBL_MAX};
  ret->len = sizeof floats / sizeof *floats;
  ret->ptr = allocate(sizeof floats);
  memcpy(ret->ptr, floats, sizeof floats);
}

void exports_conformance_kit_made_fill(uint32_t length, uint8_t byte, values_plugin_list_u8_t *ret) {
  *ret = (values_plugin_list_u8_t){allocate(length), length};
  memset(ret->ptr, byte, length);
}
