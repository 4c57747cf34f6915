#define _GNU_SOURCE // for asprintf
#include "gen/resources_plugin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef resources_plugin_string_t string_t;
typedef conformance_kit_journal_own_entry_t entry_t;
typedef exports_conformance_kit_counters_own_counter_t own_counter_t;

#define TEXT(string) (int)(string).len, (const char *)(string).ptr

__attribute__((format(printf, 2, 3))) static void format(string_t *ret, const char *pattern, ...) {
  char *text;
  va_list values;
  va_start(values, pattern);
  int length = vasprintf(&text, pattern, values);
  va_end(values);
  if (length < 0) abort();
  *ret = (string_t){(uint8_t *)text, length};
}

bool exports_conformance_kit_scribe_copy_out(string_t *title, resources_plugin_list_string_t *lines, string_t *ret,
                                             string_t *err) {
  entry_t entry;
  bool opened = conformance_kit_journal_static_entry_open(title, &entry, err);
  if (opened) {
    conformance_kit_journal_borrow_entry_t borrowed = conformance_kit_journal_borrow_entry(entry);
    for (size_t i = 0; i < lines->len; i++)
      conformance_kit_journal_method_entry_append(borrowed, &lines->ptr[i]);
    string_t copied, text, answer;
    format(&copied, "%.*s copy", TEXT(*title));
    entry_t copy = conformance_kit_journal_constructor_entry(&copied);
    conformance_kit_journal_borrow_entry_t lent = conformance_kit_journal_borrow_entry(copy);
    conformance_kit_journal_method_entry_text(borrowed, &text);
    conformance_kit_journal_method_entry_append(lent, &text);
    conformance_kit_journal_archive(entry, &answer);
    format(ret, "%.*s/%u", TEXT(answer), (unsigned)conformance_kit_journal_size(lent));
    conformance_kit_journal_entry_drop_own(copy);
    resources_plugin_string_free(&copied);
    resources_plugin_string_free(&text);
    resources_plugin_string_free(&answer);
  }
  resources_plugin_string_free(title);
  resources_plugin_list_string_free(lines);
  return opened;
}

uint32_t exports_conformance_kit_scribe_sign(exports_conformance_kit_scribe_borrow_entry_t e, string_t *name) {
  uint32_t lines = conformance_kit_journal_method_entry_append(e, name);
  conformance_kit_journal_entry_drop_borrow(e);
  resources_plugin_string_free(name);
  return lines;
}

bool exports_conformance_kit_scribe_last(exports_conformance_kit_scribe_list_own_entry_t *all,
                                         exports_conformance_kit_scribe_own_entry_t *ret) {
  if (all->len == 0) return false;
  *ret = all->ptr[all->len - 1];
  for (size_t i = 0; i + 1 < all->len; i++) conformance_kit_journal_entry_drop_own(all->ptr[i]);
  free(all->ptr); // and not what was in it
  return true;
}

struct exports_conformance_kit_counters_counter_t {
  uint32_t value; // which may wrap
};

static uint32_t existing = 0;

static own_counter_t new_counter(uint32_t value) {
  exports_conformance_kit_counters_counter_t *counter = malloc(sizeof *counter);
  if (counter == NULL) abort();
  counter->value = value;
  existing++;
  return exports_conformance_kit_counters_counter_new(counter);
}

void exports_conformance_kit_counters_counter_destructor(exports_conformance_kit_counters_counter_t *rep) {
  existing--;
  free(rep);
}

own_counter_t exports_conformance_kit_counters_constructor_counter(int32_t start) { return new_counter(start); }

int32_t exports_conformance_kit_counters_method_counter_add(exports_conformance_kit_counters_borrow_counter_t self,
                                                            int32_t by) {
  return self->value += by;
}

int32_t exports_conformance_kit_counters_method_counter_value(exports_conformance_kit_counters_borrow_counter_t self) {
  return self->value;
}

own_counter_t
exports_conformance_kit_counters_method_counter_copy(exports_conformance_kit_counters_borrow_counter_t self) {
  return new_counter(self->value);
}

bool exports_conformance_kit_counters_static_counter_parse(string_t *text, own_counter_t *ret, string_t *err) {
  char *digits = strndup((const char *)text->ptr, text->len), *end;
  if (digits == NULL) abort();
  long value = strtol(digits, &end, 10);
  bool ok = end != digits && *end == '\0';
  if (ok) *ret = new_counter(value);
  else format(err, "not a number: %.*s", TEXT(*text));
  free(digits);
  resources_plugin_string_free(text);
  return ok;
}

/// The value of a counter that is ours, which goes.
static uint32_t take(own_counter_t counter) {
  uint32_t value = exports_conformance_kit_counters_counter_rep(counter)->value;
  exports_conformance_kit_counters_counter_drop_own(counter);
  return value;
}

own_counter_t exports_conformance_kit_counters_static_counter_merge(own_counter_t a, own_counter_t b) {
  return new_counter(take(a) + take(b));
}

int32_t exports_conformance_kit_counters_total(exports_conformance_kit_counters_list_borrow_counter_t *all) {
  uint32_t sum = 0;
  for (size_t i = 0; i < all->len; i++) sum += all->ptr[i]->value;
  exports_conformance_kit_counters_list_borrow_counter_free(all);
  return sum;
}

void exports_conformance_kit_counters_split(own_counter_t c, exports_conformance_kit_counters_pair_t *ret) {
  int32_t value = take(c), half = value / 2;
  ret->left = new_counter(half);
  ret->right.is_some = value % 2 != 0;
  if (ret->right.is_some) ret->right.val = new_counter(value - half);
}

uint32_t exports_conformance_kit_counters_alive(void) { return existing; }
