#include "gen/wasi_plugin.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

static const char *outcome(bool ok) { return ok ? "ok" : "refused"; }

/// A plugin has no `main`, so it asks for its arguments.
static void print_arguments(void) {
  size_t count, size;
  if (__wasi_args_sizes_get(&count, &size) != 0) abort();
  char **arguments = malloc(count * sizeof *arguments), *text = malloc(size);
  if (__wasi_args_get((uint8_t **)arguments, (uint8_t *)text) != 0) abort();
  printf("args:");
  for (size_t i = 0; i < count; i++) printf(" %s", arguments[i]);
  printf("\n");
  free(arguments);
  free(text);
}

static void print_variable(const char *name) {
  const char *value = getenv(name);
  printf("%s: %s\n", name, value == NULL ? "none" : value);
}

static void print_file(const char *label, const char *path) {
  char text[100] = "refused";
  FILE *file = fopen(path, "r");
  if (file != NULL) {
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
  }
  printf("%s: %s\n", label, text);
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void print_list(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, visible, alphasort);
  printf("list:");
  for (int i = 0; i < count; i++) {
    printf(" %s", entries[i]->d_name);
    free(entries[i]);
  }
  if (count >= 0) free(entries);
  printf("\n");
}

static bool write_file(const char *path) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return false;
  bool written = fputs("written by a plugin", file) >= 0;
  return fclose(file) == 0 && written;
}

void exports_wasi_plugin_report(void) {
  print_arguments();
  print_variable("GREETING");
  print_variable("HOME");
  print_file("read", "/data/hello.txt");
  print_file("missing", "/data/missing.txt");
  print_file("outside", "/data/../secret.txt");
  print_list("/data");
  printf("write: %s\n", outcome(write_file("/out/made.txt")));
  printf("write where it may read: %s\n", outcome(write_file("/data/made.txt")));
  print_file("read back", "/out/made.txt");
  printf("remove: %s\n", outcome(unlink("/out/made.txt") == 0));
  fflush(stdout);
  fprintf(stderr, "done\n");
}
