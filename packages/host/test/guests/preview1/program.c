// A command of WASI preview 1: does what the lines of its input say, and writes what came of each on a line.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) {
    printf("!%s", strerror(errno));
    return;
  }
  char *names[1024];
  size_t count = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL && count < 1024;) {
    char *line = malloc(strlen(entry->d_name) + 3);
    sprintf(line, "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : entry->d_type == DT_LNK ? "@" : "");
    names[count++] = line;
  }
  closedir(dir);
  qsort(names, count, sizeof *names, compare);
  printf("%zu:", count);
  for (size_t i = 0; i < count; i++) printf(" %s", names[i]);
}

static void read_file(const char *path) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) {
    printf("!%s", strerror(errno));
    return;
  }
  char bytes[4096];
  ssize_t got = read(fd, bytes, sizeof bytes);
  if (got < 0) printf("!%s", strerror(errno));
  else printf("%zd %.*s", got, (int)(got > 60 ? 60 : got), bytes);
  close(fd);
}

static void write_file(const char *path, int flags, const char *text) {
  int fd = open(path, O_WRONLY | flags, 0666);
  if (fd < 0) {
    printf("!%s", strerror(errno));
    return;
  }
  if (write(fd, text, strlen(text)) < 0) printf("!%s", strerror(errno));
  else printf("at %lld", (long long)lseek(fd, 0, SEEK_CUR));
  close(fd);
}

static void said(int answer) {
  if (answer < 0) printf("!%s", strerror(errno));
  else printf("%d", answer);
}

static void status(const char *path, int follow) {
  struct stat st;
  if ((follow ? stat : lstat)(path, &st) < 0) {
    printf("!%s", strerror(errno));
    return;
  }
  const char *type = S_ISDIR(st.st_mode) ? "directory" : S_ISLNK(st.st_mode) ? "link" : S_ISREG(st.st_mode) ? "file" : "?";
  printf("%s", type);
  if (S_ISREG(st.st_mode)) printf(" %lld %lu", (long long)st.st_size, (unsigned long)st.st_nlink);
}

static void seek(const char *path) {
  int fd = open(path, O_RDWR);
  if (fd < 0) {
    printf("!%s", strerror(errno));
    return;
  }
  char bytes[8] = {0};
  long long end = lseek(fd, 0, SEEK_END), back = lseek(fd, -3, SEEK_END);
  ssize_t got = read(fd, bytes, 7);
  long long wrong = lseek(fd, -1, SEEK_SET);
  char middle[4] = {0};
  ssize_t at = pread(fd, middle, 2, 1);
  ssize_t put = pwrite(fd, "#", 1, 0);
  printf("%lld %lld %zd %s %lld %zd %s %zd", end, back, got, bytes, wrong, at, middle, put);
  close(fd);
}

static void times(const char *path) {
  struct timespec set[2] = {{1000000000, 0}, {1234567890, 500000000}};
  struct stat st;
  if (utimensat(AT_FDCWD, path, set, 0) < 0 || stat(path, &st) < 0) printf("!%s", strerror(errno));
  else printf("%lld %lld", (long long)st.st_atim.tv_sec, (long long)st.st_mtim.tv_sec);
}

static void wait_for(int ms) {
  struct timespec before, after, pause = {ms / 1000, ms % 1000 * 1000000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long long past = (after.tv_sec - before.tv_sec) * 1000LL + (after.tv_nsec - before.tv_nsec) / 1000000;
  struct pollfd out = {1, POLLOUT, 0};
  printf("%s %d", past >= ms - 1 ? "waited" : "too early", poll(&out, 1, 1000));
}

static void surprise(void) {
  unsigned char bytes[10000] = {0};
  int zeros = 0;
  for (size_t at = 0; at < sizeof bytes; at += 250) getentropy(bytes + at, 250);
  for (size_t i = 0; i < sizeof bytes; i++) zeros += bytes[i] == 0;
  printf("%s", zeros < 200 ? "random" : "not random");
}

static int same(const char *word, const char *other) { return strcmp(word, other) == 0; }

static void step(char *line) {
  char *word = strtok(line, " "), *a = strtok(NULL, " "), *b = strtok(NULL, " ");
  if (a == NULL) a = "";
  if (b == NULL) b = "";
  printf("%s %s %s = ", word, a, b);
  if (same(word, "list")) list(a);
  else if (same(word, "read")) read_file(a);
  else if (same(word, "make")) write_file(a, O_CREAT | O_EXCL, b);
  else if (same(word, "write")) write_file(a, O_CREAT | O_TRUNC, b);
  else if (same(word, "append")) write_file(a, O_APPEND, b);
  else if (same(word, "stat")) status(a, 1);
  else if (same(word, "lstat")) status(a, 0);
  else if (same(word, "seek")) seek(a);
  else if (same(word, "times")) times(a);
  else if (same(word, "truncate")) said(truncate(a, atoi(b)));
  else if (same(word, "mkdir")) said(mkdir(a, 0777));
  else if (same(word, "rmdir")) said(rmdir(a));
  else if (same(word, "unlink")) said(unlink(a));
  else if (same(word, "rename")) said(rename(a, b));
  else if (same(word, "link")) said(link(a, b));
  else if (same(word, "symlink")) said(symlink(a, b));
  else if (same(word, "readlink")) {
    char to[256];
    ssize_t length = readlink(a, to, sizeof to);
    if (length < 0) said(-1);
    else printf("%.*s", (int)length, to);
  } else if (same(word, "env")) printf("%s", getenv(a) ? getenv(a) : "none");
  else if (same(word, "sleep")) wait_for(atoi(a));
  else if (same(word, "random")) surprise();
  else if (same(word, "wall")) printf("%s", time(NULL) > 1700000000 ? "now" : "long ago");
  else if (same(word, "close")) said(close(atoi(a)));
  else if (same(word, "exit")) exit(atoi(a));
  else printf("?");
  printf("\n");
}

int main(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("%s%s", i ? " " : "args = ", argv[i]);
  printf("\n");
  size_t variables = 0;
  while (environ[variables] != NULL) variables++;
  printf("variables = %zu\n", variables);
  static char input[65536];
  size_t got = fread(input, 1, sizeof input - 1, stdin);
  input[got] = 0;
  char *rest = input;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
    char copy[1024];
    snprintf(copy, sizeof copy, "%s", line);
    if (*copy != 0) step(copy);
    fflush(stdout);
  }
  return 0;
}
