// What a plugin does all day, with libc.
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

extern char **environ;

static outcome read_file(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) return failed();
  char content[4096];
  size_t length = fread(content, 1, sizeof content, file);
  bool broken = ferror(file) != 0;
  outcome out = broken ? failed() : ok("%.*s", (int)length, content);
  fclose(file);
  return out;
}

static outcome write_file(const char *path, const char *mode, const char *content) {
  FILE *file = fopen(path, mode);
  if (file == NULL) return failed();
  bool whole = fputs(content, file) >= 0;
  return done(fclose(file) == 0 && whole ? 0 : -1);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static outcome list(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) return failed();
  char *names[256];
  size_t count = 0;
  struct dirent *entry;
  while (count < 256 && (entry = readdir(directory)) != NULL)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, by_name);
  char joined[8192] = "";
  for (size_t i = 0; i < count; i++) {
    size_t used = strlen(joined);
    snprintf(joined + used, sizeof joined - used, "%s%s", i == 0 ? "" : " ", names[i]);
    free(names[i]);
  }
  return ok("%s", joined);
}

static outcome describe(const char *path) {
  struct stat found;
  if (stat(path, &found) != 0) return failed();
  bool is_directory = S_ISDIR(found.st_mode);
  return ok("%s %lld", is_directory ? "directory" : "file", is_directory ? 0LL : (long long)found.st_size);
}

static outcome variables(void) {
  char joined[8192] = "";
  for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
    size_t used = strlen(joined);
    snprintf(joined + used, sizeof joined - used, "%s\n", *variable);
  }
  return ok("%s", joined);
}

// A reactor has no `main` that would be given them.
static outcome arguments(void) {
  size_t count = 0, size = 0;
  char *args[64], content[4096], joined[4096] = "";
  if (__wasi_args_sizes_get(&count, &size) != 0 || count > 64 || size > sizeof content) return failed_with("too many");
  if (__wasi_args_get((uint8_t **)args, (uint8_t *)content) != 0) return failed_with("no arguments");
  for (size_t i = 0; i < count; i++) {
    size_t used = strlen(joined);
    snprintf(joined + used, sizeof joined - used, "%s%s", i == 0 ? "" : " ", args[i]);
  }
  return ok("%s", joined);
}

static outcome sleep_for(long ms) {
  struct timespec before, after, pause = {ms / 1000, (ms % 1000) * 1000000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  return ok("%lld", (after.tv_sec - before.tv_sec) * 1000LL + (after.tv_nsec - before.tv_nsec) / 1000000);
}

static outcome random_number(void) {
  unsigned long long number;
  return getentropy(&number, sizeof number) == 0 ? ok("%llu", number) : failed();
}

static outcome print(FILE *stream, const char *line) {
  fputs(line, stream);
  return done(fflush(stream));
}

struct remembered {
  struct remembered *before;
  char text[];
};

// All that it was ever told, the last first.
static struct remembered *last;

static outcome remember(const char *text, long times) {
  for (long i = 0; i < times; i++) {
    struct remembered *next = malloc(sizeof *next + strlen(text) + 1);
    if (next == NULL) return failed_with("full");
    strcpy(next->text, text);
    next->before = last;
    last = next;
  }
  size_t count = 0, size = 0;
  for (struct remembered *one = last; one != NULL; one = one->before) {
    count++;
    size += strlen(one->text);
  }
  return ok("%zu %zu", count, size);
}

static outcome read_line(void) {
  char line[4096];
  return fgets(line, sizeof line, stdin) == NULL ? ok("%s", "") : ok("%s", line);
}

bool program(const char *operation, int count, char **args, outcome *out) {
#define IS(name, arity) (strcmp(operation, name) == 0 && count == (arity))
  if (IS("read-file", 1)) *out = read_file(args[0]);
  else if (IS("write-file", 2)) *out = write_file(args[0], "w", args[1]);
  else if (IS("append-file", 2)) *out = write_file(args[0], "r+", args[1]);
  else if (IS("list", 1)) *out = list(args[0]);
  else if (IS("stat", 1)) *out = describe(args[0]);
  else if (IS("make-directory", 1)) *out = done(mkdir(args[0], 0700));
  else if (IS("remove", 1)) *out = done(unlink(args[0]));
  else if (IS("rename", 2)) *out = done(rename(args[0], args[1]));
  else if (IS("env", 1)) *out = getenv(args[0]) == NULL ? failed_with("unset") : ok("%s", getenv(args[0]));
  else if (IS("variables", 0)) *out = variables();
  else if (IS("args", 0)) *out = arguments();
  else if (IS("wall-clock", 0)) *out = ok("%lld", (long long)time(NULL));
  else if (IS("sleep", 1)) *out = sleep_for(atol(args[0]));
  else if (IS("random", 0)) *out = random_number();
  else if (IS("remember", 2)) *out = remember(args[0], atol(args[1]));
  else if (IS("print", 1)) *out = print(stdout, args[0]);
  else if (IS("print-error", 1)) *out = print(stderr, args[0]);
  else if (IS("read-line", 0)) *out = read_line();
  else return false;
  return true;
}
