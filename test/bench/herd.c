/*
 * herd SMALL MIDDLE MIB SHARERS SHARED: so many small processes that sleep, so many with MIB MiB of their own, and so many that share SHARED
 * MiB: half of them private memory by fork, half of them a segment. Prints "ready" when all have touched what they have. Ends
 * with all of them at the end of its standard input, or after half an hour.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LIFE = 1800, PAGE = 4096 };

static int done[2];

static char *memory(size_t bytes, int sharing) {
  char *from = mmap(NULL, bytes + PAGE, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
  if (from == MAP_FAILED) exit(EXIT_FAILURE);
  madvise(from, bytes, MADV_NOHUGEPAGE);
  return from;
}

static void touch(volatile char *from, size_t bytes) {
  for (size_t at = 0; at < bytes; at += PAGE) from[at] = 1;
}

/* In a new process true, once it bears its name. */
static int begin(const char *name) {
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) exit(EXIT_FAILURE);
  if (pid > 0) return 0;
  prctl(PR_SET_NAME, name);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  /* The parent may have died before that was asked for. */
  if (getppid() != parent) _exit(1);
  close(STDIN_FILENO);
  return 1;
}

static void rest(void) {
  if (write(done[1], "", 1) != 1) _exit(1);
  for (;;) pause();
}

int main(int argc, char **argv) {
  if (argc != 6 || pipe(done) != 0) return 2;
  long small = atol(argv[1]), middle = atol(argv[2]), sharers = atol(argv[4]);
  size_t own = (size_t)atol(argv[3]) << 20, shared = (size_t)atol(argv[5]) << 20;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm(LIFE);
  for (long i = 0; i < small; i++)
    if (begin("small")) rest();
  for (long i = 0; i < middle; i++)
    if (begin("middle")) {
      touch(memory(own, MAP_PRIVATE), own);
      rest();
    }
  char *segment = memory(shared, MAP_SHARED);
  char *forked = memory(shared, MAP_PRIVATE);
  if (sharers > 1) touch(forked, shared);
  for (long i = 0; i < sharers; i++)
    if (begin("sharer")) {
      /* Who does not unmap it has it from its parent already. */
      if (i % 2) {
        munmap(forked, shared);
        touch(segment, shared);
      }
      rest();
    }
  char byte;
  for (long i = 0; i < small + middle + sharers; i++)
    if (read(done[0], &byte, 1) != 1) return EXIT_FAILURE;
  puts("ready");
  fflush(stdout);
  while (read(STDIN_FILENO, &byte, 1) > 0) {}
  return EXIT_SUCCESS;
}
