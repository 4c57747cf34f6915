// A program of WASI preview 1 that answers by CGI: who asks for what, and what is in a file of its volume.
#include <stdio.h>
#include <stdlib.h>

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

int main(int argc, char **argv) {
  printf("Content-Type: text/plain\r\nX-Language: C\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
  printf("%s %s%s?%s\n", variable("REQUEST_METHOD"), variable("SCRIPT_NAME"), variable("PATH_INFO"), variable("QUERY_STRING"));
  for (int i = 0; i < argc; i++) printf("argv[%d] = %s\n", i, argv[i]);
  char bytes[256];
  size_t got;
  while ((got = fread(bytes, 1, sizeof bytes, stdin)) > 0) fwrite(bytes, 1, got, stdout);
  FILE *file = fopen("/data/hello.txt", "r");
  if (file == NULL) {
    printf("no file\n");
    return 0;
  }
  while ((got = fread(bytes, 1, sizeof bytes, file)) > 0) fwrite(bytes, 1, got, stdout);
  fclose(file);
  return 0;
}
