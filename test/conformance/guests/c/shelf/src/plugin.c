#define _GNU_SOURCE // for vasprintf
#include "gen/shelf_plugin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef shelf_plugin_string_t string_t;

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

bool exports_shelf_plugin_copy_out(string_t *title, shelf_plugin_list_string_t *lines, string_t *ret, string_t *err) {
  shelf_plugin_own_entry_t entry;
  bool opened = shelf_plugin_static_entry_open(title, &entry, err);
  if (opened) {
    shelf_plugin_borrow_entry_t borrowed = shelf_plugin_borrow_entry(entry);
    for (size_t i = 0; i < lines->len; i++) shelf_plugin_method_entry_append(borrowed, &lines->ptr[i]);
    string_t copied, text, answer;
    format(&copied, "%.*s copy", TEXT(*title));
    shelf_plugin_own_entry_t copy = shelf_plugin_constructor_entry(&copied);
    shelf_plugin_method_entry_text(borrowed, &text);
    unsigned count = shelf_plugin_method_entry_append(shelf_plugin_borrow_entry(copy), &text);
    shelf_plugin_archive(entry, &answer);
    format(ret, "%.*s/%u", TEXT(answer), count);
    shelf_plugin_entry_drop_own(copy);
    shelf_plugin_string_free(&copied);
    shelf_plugin_string_free(&text);
    shelf_plugin_string_free(&answer);
  }
  shelf_plugin_string_free(title);
  shelf_plugin_list_string_free(lines);
  return opened;
}

uint32_t exports_shelf_plugin_sign(shelf_plugin_borrow_entry_t e, string_t *name) {
  uint32_t lines = shelf_plugin_method_entry_append(e, name);
  shelf_plugin_entry_drop_borrow(e);
  shelf_plugin_string_free(name);
  return lines;
}

bool exports_shelf_plugin_last(shelf_plugin_list_own_entry_t *all, shelf_plugin_own_entry_t *ret) {
  if (all->len == 0) return false;
  *ret = all->ptr[all->len - 1];
  for (size_t i = 0; i + 1 < all->len; i++) shelf_plugin_entry_drop_own(all->ptr[i]);
  free(all->ptr); // and not what was in it
  return true;
}

shelf_plugin_own_entry_t exports_shelf_plugin_replace(shelf_plugin_own_entry_t e) {
  shelf_plugin_entry_drop_own(e);
  string_t title = {(uint8_t *)"new", 3};
  return shelf_plugin_constructor_entry(&title);
}
