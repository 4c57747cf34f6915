#include "guest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size;
  if (size == 0) return (void *)align;
  void *grown = realloc(old, size);
  if (grown == NULL) abort();
  return grown;
}

static char *terminated(text given) {
  char *copy = malloc(given.length + 1);
  if (copy == NULL) abort();
  memcpy(copy, given.at, given.length);
  copy[given.length] = '\0';
  if (given.length > 0) free(given.at);
  return copy;
}

static outcome last;

__attribute__((export_name("test:guest/program@1.0.0#run"))) outcome *run(char *at, size_t length, text *list, size_t count) {
  char *operation = terminated((text){at, length});
  char **args = calloc(count + 1, sizeof *args);
  if (args == NULL) abort();
  for (size_t i = 0; i < count; i++) args[i] = terminated(list[i]);
  if (count > 0) free(list);
  if (!program(operation, (int)count, args, &last) && !attacks(operation, (int)count, args, &last))
    last = failed_with("no such operation");
  for (size_t i = 0; i < count; i++) free(args[i]);
  free(args);
  free(operation);
  return &last;
}

__attribute__((export_name("cabi_post_test:guest/program@1.0.0#run"))) void run_done(outcome *out) { free(out->said.at); }

outcome ok(const char *format, ...) {
  char *said = NULL;
  va_list values;
  va_start(values, format);
  int length = vasprintf(&said, format, values);
  va_end(values);
  if (length < 0) abort();
  return (outcome){0, {said, (size_t)length}};
}

outcome failed_with(const char *reason) {
  char *said = strdup(reason);
  if (said == NULL) abort();
  return (outcome){1, {said, strlen(said)}};
}

outcome failed(void) {
  switch (errno) {
    case EACCES: return failed_with("access");
    case EBADF: return failed_with("bad-descriptor");
    case EDQUOT: return failed_with("quota");
    case EEXIST: return failed_with("exist");
    case EINVAL: return failed_with("invalid");
    case ELOOP: return failed_with("loop");
    case ENAMETOOLONG: return failed_with("name-too-long");
    case ENOENT: return failed_with("no-entry");
    case ENOTCAPABLE: return failed_with("no-grant");
    case ENOTDIR: return failed_with("not-directory");
    case ENOTSUP: return failed_with("unsupported");
    case EPERM: return failed_with("not-permitted");
    case EROFS: return failed_with("read-only");
    default: return failed_with(strerror(errno));
  }
}

outcome done(int status) { return status == 0 ? ok("%s", "") : failed(); }
