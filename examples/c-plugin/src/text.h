// A text that grows. There is nothing to do without memory, so running out of it ends the call.
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

typedef struct {
  char *bytes;
  size_t size;
  size_t capacity;
} text_t;

void text_add(text_t *text, const char *bytes, size_t size);
void text_add_z(text_t *text, const char *bytes);

/// The characters that HTML gives a meaning, as references; the rest as it is.
void text_add_html(text_t *text, const char *bytes, size_t size);

#endif
