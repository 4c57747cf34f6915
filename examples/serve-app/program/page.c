// A program that answers by CGI, as WAGI asks it: a page of a file in its volume.
#include <stdio.h>
#include <stdlib.h>

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

int main(void) {
  char path[512];
  snprintf(path, sizeof path, "/notes%s", variable("PATH_INFO"));
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    printf("Status: 404 Not Found\nContent-Type: text/plain\n\nno such note\n");
    return 0;
  }
  printf("Content-Type: text/plain; charset=utf-8\nX-Served-By: C\n\n");
  char bytes[4096];
  size_t got;
  while ((got = fread(bytes, 1, sizeof bytes, file)) > 0) fwrite(bytes, 1, got, stdout);
  fclose(file);
  return 0;
}
