#include "text.h"

#include <stdlib.h>
#include <string.h>

void text_add(text_t *text, const char *bytes, size_t size) {
  if (size == 0) return;
  if (text->size + size > text->capacity) {
    text->capacity = (text->size + size) * 2;
    text->bytes = realloc(text->bytes, text->capacity);
    if (text->bytes == NULL) abort();
  }
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
}

void text_add_z(text_t *text, const char *bytes) {
  text_add(text, bytes, strlen(bytes));
}

void text_add_html(text_t *text, const char *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) {
    switch (bytes[i]) {
    case '&': text_add_z(text, "&amp;"); break;
    case '<': text_add_z(text, "&lt;"); break;
    case '>': text_add_z(text, "&gt;"); break;
    case '"': text_add_z(text, "&quot;"); break;
    default: text_add(text, &bytes[i], 1);
    }
  }
}
