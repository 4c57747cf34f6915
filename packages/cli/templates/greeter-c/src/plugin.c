#define _GNU_SOURCE // for asprintf
#include "gen/plugin.h"

#include <stdio.h>
#include <stdlib.h>

/// True for a greeting in `ret`, false for a sentence in `err`; either is freed for us.
bool exports_example_greeter_greetings_greet(plugin_string_t *name, plugin_string_t *ret, plugin_string_t *err) {
  if (name->len == 0) {
    plugin_string_dup(err, "a name is needed");
    return false;
  }
  char *greeting;
  int length = asprintf(&greeting, "Hello, %.*s!", (int)name->len, (const char *)name->ptr);
  if (length < 0) abort(); // out of memory
  *ret = (plugin_string_t){(uint8_t *)greeting, length};
  plugin_string_free(name);
  return true;
}
