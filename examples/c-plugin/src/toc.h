#ifndef TOC_H
#define TOC_H

#include "gen/analyzer.h"
#include "text.h"

/// Nested lists of links to the headings below the title.
void toc_write(text_t *html, const exports_acme_site_analyze_list_heading_t *headings);

#endif
