// The contract by hand: `run: func(operation: string, args: list<string>) -> result<string, string>`.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  char *at;
  size_t length;
} text;

// What an operation came to. `at` of the text is freed once the host has it.
typedef struct {
  uint8_t failed;
  text said;
} outcome;

outcome ok(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The name that WASI has for the number in `errno`.
outcome failed(void);
outcome failed_with(const char *reason);
// 0 is success; anything else is for `failed`.
outcome done(int status);

// Each answers false for an operation that it does not know. `args` are terminated strings.
bool program(const char *operation, int count, char **args, outcome *out);
bool attacks(const char *operation, int count, char **args, outcome *out);
