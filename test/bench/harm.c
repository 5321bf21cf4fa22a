/*
 * harm MIB SECONDS: touches so many MiB of its own, in small pages, prints "ready" and waits for a line; then maps and unmaps a page
 * again and again for so many seconds. Prints at the end how often it did, how many ms it took in calls that were held up for more than a
 * ms, and the longest of them in ms.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

enum { PAGE = 4096 };
static const double HELD_UP = 1.0;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static char *map(size_t bytes) {
  char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) exit(EXIT_FAILURE);
  return memory;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t bytes = (size_t)atol(argv[1]) << 20;
  double seconds = atof(argv[2]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char *memory = map(bytes);
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  for (size_t at = 0; at < bytes; at += PAGE) memory[at] = 1;
  puts("ready");
  fflush(stdout);
  getchar();
  long calls = 0;
  double held = 0, longest = 0;
  double began = now(), last = began;
  while (last - began < seconds * 1e3) {
    char *page = map(PAGE);
    page[0] = 1;
    munmap(page, PAGE);
    double at = now(), took = at - last;
    calls += 1;
    if (took > HELD_UP) held += took;
    if (took > longest) longest = took;
    last = at;
  }
  printf("%ld %.3f %.3f\n", calls, held, longest);
  return EXIT_SUCCESS;
}
