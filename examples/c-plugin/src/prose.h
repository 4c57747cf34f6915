// What a Markdown document has for a reader, as md4c parses it.
#ifndef PROSE_H
#define PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  /// Words of the text, without code, HTML and the descriptions of images.
  uint32_t words;
  uint32_t links;
  uint32_t images;
  uint32_t code_blocks;
} prose_t;

/// False if the document cannot be parsed.
bool prose_measure(const char *markdown, size_t size, prose_t *prose);

#endif
