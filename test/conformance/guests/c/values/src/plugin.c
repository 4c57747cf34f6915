#include "gen/values_plugin.h"

#include <stdlib.h>

bool exports_values_plugin_run(values_plugin_list_string_t *words, uint32_t *ret, values_plugin_string_t *err) {
  *ret = words->len;
  bool ok = true;
  for (size_t i = 0; ok && i < words->len; i++) {
    ok = words->ptr[i].len > 0;
    if (ok) values_plugin_log(&words->ptr[i]);
  }
  if (!ok) values_plugin_string_dup(err, "an empty word");
  values_plugin_list_string_free(words);
  return ok;
}

values_plugin_color_t exports_values_plugin_paint(values_plugin_color_t c) { return c; }

void exports_values_plugin_fail(void) { abort(); }

void extra_consult(values_plugin_string_t *topic, values_plugin_tuple3_u32_u64_option_string_t *ret) {
  values_plugin_string_t unit;
  values_plugin_string_set(&unit, "ms");
  ret->f0 = conformance_ticks_0_1_0_clock_now();
  ret->f1 = conformance_ticks_0_2_0_clock_now(&unit);
  ret->f2.is_some = advice_advise(topic, &ret->f2.val);
  values_plugin_string_free(topic);
}
