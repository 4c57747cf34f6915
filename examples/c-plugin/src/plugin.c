// Implements `acme:site/analyze`: words and reading time of what is read, a table of contents, and a note.
#include "gen/analyzer.h"
#include "prose.h"
#include "toc.h"

#include <stdio.h>

enum { WORDS_PER_MINUTE = 220 };

static void take(analyzer_string_t *string, text_t text) {
  string->ptr = (uint8_t *)text.bytes;
  string->len = text.size;
}

static void write_note(analyzer_option_string_t *note, const prose_t *prose) {
  note->is_some = prose->links + prose->images + prose->code_blocks > 0;
  if (!note->is_some) return;
  char line[100];
  snprintf(line, sizeof line, "links: %u, images: %u, blocks of code: %u", prose->links, prose->images, prose->code_blocks);
  analyzer_string_dup(&note->val, line);
}

bool exports_acme_site_analyze_analyze(
    exports_acme_site_analyze_document_t *doc,
    exports_acme_site_analyze_list_heading_t *headings,
    exports_acme_site_analyze_insights_t *ret,
    analyzer_string_t *err) {
  prose_t prose;
  bool parsed = prose_measure((const char *)doc->markdown.ptr, doc->markdown.len, &prose);
  if (parsed) {
    text_t toc = {0};
    toc_write(&toc, headings);
    ret->words = prose.words;
    ret->reading_minutes = (prose.words + WORDS_PER_MINUTE - 1) / WORDS_PER_MINUTE;
    take(&ret->toc, toc);
    write_note(&ret->note, &prose);
  } else {
    analyzer_string_dup(err, "md4c cannot parse this document");
  }
  exports_acme_site_analyze_document_free(doc);
  exports_acme_site_analyze_list_heading_free(headings);
  return parsed;
}
