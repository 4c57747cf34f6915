// A program that answers by CGI: to WebAssembly and to the machine, of the same source.
#include <stdio.h>

int main(void) {
  printf("Content-Type: text/plain; charset=utf-8\n\nhello\n");
  return 0;
}
