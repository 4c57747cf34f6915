// A program of CGI that writes what its query has in hexadecimal digits, behind a digit that is its exit code: `?0.48690a`.
// Without a query it writes what it was asked. The same source is a program of this machine and one of WASI.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *VARIABLES[] = {
  "AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "GATEWAY_INTERFACE", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR",
  "REQUEST_METHOD", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PROTOCOL", "HTTP_ACCEPT", "HTTP_AUTHORIZATION",
  "HTTP_CONNECTION", "HTTP_COOKIE", "HTTP_HOST", "HTTP_PROXY", "HTTP_TE", "HTTP_X_DASHED", "HTTP_X_EMPTY", "HTTP_X_TWICE",
  "HTTP_X_UNDER",
};

static int digit(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void describe(void) {
  printf("Content-Type: text/plain\n\n");
  for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
    const char *value = getenv(VARIABLES[i]);
    if (value != NULL) printf("%s=%s\n", VARIABLES[i], value);
  }
  const char *length = getenv("CONTENT_LENGTH");
  for (long left = length == NULL ? 0 : atol(length); left > 0; left--) {
    int byte = getchar();
    if (byte == EOF) break;
    putchar(byte);
  }
}

int main(void) {
  const char *query = getenv("QUERY_STRING");
  if (query == NULL || strlen(query) < 2 || query[1] != '.') {
    describe();
    return 0;
  }
  for (const char *at = query + 2; at[0] != '\0' && at[1] != '\0'; at += 2) putchar(digit(at[0]) << 4 | digit(at[1]));
  return query[0] - '0';
}
