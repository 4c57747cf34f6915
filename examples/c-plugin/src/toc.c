#include "toc.h"

static void write_link(text_t *html, const exports_acme_site_analyze_heading_t *heading) {
  text_add_z(html, "<a href=\"#");
  text_add_html(html, (const char *)heading->anchor.ptr, heading->anchor.len);
  text_add_z(html, "\">");
  text_add_html(html, (const char *)heading->text.ptr, heading->text.len);
  text_add_z(html, "</a>");
}

/// A document may leave levels out (`##`, then `####`): a list is open for each level that was met on the way down.
void toc_write(text_t *html, const exports_acme_site_analyze_list_heading_t *headings) {
  uint8_t open[7];
  int depth = 0;
  for (size_t i = 0; i < headings->len; i++) {
    const exports_acme_site_analyze_heading_t *heading = &headings->ptr[i];
    if (heading->level < 2 || heading->level > 6) continue;
    while (depth > 1 && open[depth - 1] > heading->level) {
      text_add_z(html, "</li></ul>");
      depth--;
    }
    if (depth > 0 && open[depth - 1] >= heading->level) text_add_z(html, "</li><li>");
    else {
      text_add_z(html, "<ul><li>");
      open[depth++] = heading->level;
    }
    write_link(html, heading);
  }
  for (; depth > 0; depth--) text_add_z(html, "</li></ul>");
}
