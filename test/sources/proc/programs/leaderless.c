/* leaderless MIB: a process that holds memory, whose first thread ends while another goes on: /proc/PID/statm is all zeros then. Says "ready". */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20, LIFE = 600 };

static void *go_on(void *nothing) {
  sleep(LIFE);
  exit(0);
  return nothing;
}

int main(int count, char **words) {
  size_t bytes = (size_t)(count > 1 ? atoi(words[1]) : 1) * MIB;
  pthread_t other;
  char *memory = malloc(bytes);
  if (memory == NULL || pthread_create(&other, NULL, go_on, NULL) != 0) return 1;
  memset(memory, 1, bytes);
  puts("ready");
  fflush(stdout);
  pthread_exit(NULL);
}
