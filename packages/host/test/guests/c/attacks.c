// What a hostile plugin tries with libc and with preview 1 itself.
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

// Opens, reads and writes one path over and over while somebody else swaps a directory on the way. Says how often the
// words of `secret` came out, and how often the file was reached at all.
static outcome race(const char *path, const char *secret, long tries) {
  long leaked = 0, reached = 0;
  char content[256];
  for (long i = 0; i < tries; i++) {
    int file = open(path, i % 3 == 0 ? O_RDWR : O_RDONLY);
    if (file < 0) continue;
    reached++;
    ssize_t length = read(file, content, sizeof content - 1);
    content[length < 0 ? 0 : length] = '\0';
    if (strstr(content, secret) != NULL) leaked++;
    if (i % 3 == 0) {
      lseek(file, 0, SEEK_SET);
      (void)!write(file, "mine", 4);
    }
    close(file);
  }
  return ok("%ld leaked %s", leaked, reached > 0 ? "reached" : "never reached");
}

// The same for what makes and removes names.
static outcome race_names(const char *directory, long tries) {
  char file[512], made[512];
  snprintf(file, sizeof file, "%s/planted", directory);
  snprintf(made, sizeof made, "%s/made", directory);
  for (long i = 0; i < tries; i++) {
    int planted = open(file, O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (planted >= 0) close(planted);
    mkdir(made, 0700);
    rmdir(made);
    unlink(file);
  }
  return ok("%s", "done");
}

// Every number that might be a descriptor, without opening anything: 0, 1, 2 and the granted directories are known.
static outcome scan_descriptors(void) {
  char found[512] = "";
  for (__wasi_fd_t fd = 0; fd < 4096; fd++) {
    __wasi_fdstat_t stat;
    if (__wasi_fd_fdstat_get(fd, &stat) != 0) continue;
    size_t used = strlen(found);
    snprintf(found + used, sizeof found - used, "%s%u", used == 0 ? "" : " ", fd);
  }
  return ok("%s", found);
}

// Puts a granted directory in the place of stdin, and asks for rights that the grant does not have.
static outcome confuse(const char *path) {
  __wasi_fd_t directory = 3, file;
  __wasi_errno_t error = __wasi_fd_fdstat_set_rights(directory, ~0ull, ~0ull);
  error = __wasi_path_open(directory, 0, path, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, ~0ull, ~0ull, 0, &file);
  if (error == 0) return ok("%s", "opened");
  errno = error;
  return failed();
}

static outcome climb(const char *path) {
  int file = open(path, O_RDONLY);
  if (file < 0) return failed();
  close(file);
  return ok("%s", "opened");
}

// A path of `count` times `piece` in front of `rest`.
static outcome climb_far(const char *piece, long count, const char *rest) {
  size_t length = strlen(piece);
  char *path = malloc(length * (size_t)count + strlen(rest) + 1);
  if (path == NULL) return failed();
  for (long i = 0; i < count; i++) memcpy(path + length * (size_t)i, piece, length);
  strcpy(path + length * (size_t)count, rest);
  outcome out = climb(path);
  free(path);
  return out;
}

static outcome overrun(void) {
  // A length that no memory has, by preview 1: the adapter hands it on.
  __wasi_ciovec_t far = {(const uint8_t *)0xffff0000u, 0x7fffffffu};
  size_t written;
  errno = __wasi_fd_write(1, &far, 1, &written);
  return errno == 0 ? ok("wrote %zu", written) : failed();
}

bool attacks(const char *operation, int count, char **args, outcome *out) {
#define IS(name, arity) (strcmp(operation, name) == 0 && count == (arity))
  if (IS("race", 3)) *out = race(args[0], args[1], atol(args[2]));
  else if (IS("race-names", 2)) *out = race_names(args[0], atol(args[1]));
  else if (IS("scan-descriptors", 0)) *out = scan_descriptors();
  else if (IS("confuse", 1)) *out = confuse(args[0]);
  else if (IS("climb", 1)) *out = climb(args[0]);
  else if (IS("climb-far", 3)) *out = climb_far(args[0], atol(args[1]), args[2]);
  else if (IS("symlink", 2)) *out = done(symlink(args[0], args[1]));
  else if (IS("link", 2)) *out = done(link(args[0], args[1]));
  else if (IS("truncate", 2)) *out = done(truncate(args[0], atoll(args[1])));
  else if (IS("change-mode", 2)) *out = done(fchmodat(AT_FDCWD, args[0], 0777, 0));
  else if (IS("overrun", 0)) *out = overrun();
  else if (IS("overflow", 0)) *out = ok("%d", *(volatile int *)0xfffffff0u);
  else if (IS("abort", 0)) abort();
  else return false;
  return true;
}
