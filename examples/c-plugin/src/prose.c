#include "prose.h"

#include "../vendor/md4c.h"

/// What is open at the place that the parser has reached.
typedef struct {
  prose_t *prose;
  int code;
  int images;
  /// The last text ended in the middle of a word, and the next one goes on with it: `wo*rd*` is one word.
  bool in_word;
} reader_t;

static int enter_block(MD_BLOCKTYPE type, void *detail, void *userdata) {
  reader_t *reader = userdata;
  (void)detail;
  reader->in_word = false;
  if (type == MD_BLOCK_CODE) {
    reader->code++;
    reader->prose->code_blocks++;
  }
  return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *userdata) {
  reader_t *reader = userdata;
  (void)detail;
  reader->in_word = false;
  if (type == MD_BLOCK_CODE) reader->code--;
  return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *userdata) {
  reader_t *reader = userdata;
  (void)detail;
  if (type == MD_SPAN_A) reader->prose->links++;
  if (type == MD_SPAN_CODE) reader->code++;
  if (type == MD_SPAN_IMG) {
    reader->images++;
    reader->prose->images++;
  }
  return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *userdata) {
  reader_t *reader = userdata;
  (void)detail;
  if (type == MD_SPAN_CODE) reader->code--;
  if (type == MD_SPAN_IMG) reader->images--;
  return 0;
}

static bool is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/// A word begins with a letter or a digit, or with a byte of a character beyond ASCII.
static bool is_letter(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (signed char)byte < 0;
}

static int read_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *userdata) {
  reader_t *reader = userdata;
  if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) reader->in_word = false;
  if (type != MD_TEXT_NORMAL || reader->code > 0 || reader->images > 0) return 0;
  for (MD_SIZE i = 0; i < size; i++) {
    if (is_space(text[i])) reader->in_word = false;
    else if (!reader->in_word && is_letter(text[i])) {
      reader->in_word = true;
      reader->prose->words++;
    }
  }
  return 0;
}

bool prose_measure(const char *markdown, size_t size, prose_t *prose) {
  *prose = (prose_t){0};
  reader_t reader = {.prose = prose};
  MD_PARSER parser = {
      .flags = MD_DIALECT_GITHUB,
      .enter_block = enter_block,
      .leave_block = leave_block,
      .enter_span = enter_span,
      .leave_span = leave_span,
      .text = read_text,
  };
  return md_parse(markdown, (MD_SIZE)size, &parser, &reader) == 0;
}
