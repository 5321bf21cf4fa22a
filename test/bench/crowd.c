/*
 * crowd COUNT CHURN: so many small processes that sleep, called app-00 to app-49 in turn. Prints "ready" when all are there. Then
 * CHURN of them, the oldest, end ten times a second and as many new ones come, half of them under a name never seen before.
 * Ends with all of them at the end of its standard input, or after ten minutes. A SIGTERM on top of that must not end it first: its
 * members would be left as zombies to a process that waits for none, and be in every list from then on.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES = 50, PAUSE = 100, LIFE = 600 };

static unsigned made;

static pid_t begin(int churned) {
  unsigned number = made++;
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid != 0) return pid;
  char name[16];
  if (churned && number % 2) snprintf(name, sizeof name, "job-%u", number);
  else snprintf(name, sizeof name, "app-%02u", number % NAMES);
  prctl(PR_SET_NAME, name);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  /* The parent may have died before that was asked for. */
  if (getppid() != parent) _exit(1);
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  for (;;) pause();
}

static void end(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0;
  int churn = argc > 2 ? atoi(argv[2]) : 0;
  pid_t *members = calloc((size_t)count + 1, sizeof *members);
  if (count < 1 || members == NULL) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGTERM, SIG_IGN);
  alarm(LIFE);
  for (int i = 0; i < count; i++)
    if ((members[i] = begin(0)) < 0) return EXIT_FAILURE;
  puts("ready");
  fflush(stdout);
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  for (int oldest = 0; poll(&input, 1, churn > 0 ? PAUSE : -1) == 0;) {
    for (int i = 0; i < churn; i++) {
      end(members[oldest]);
      if ((members[oldest] = begin(1)) < 0) return EXIT_FAILURE;
      oldest = (oldest + 1) % count;
    }
  }
  for (int i = 0; i < count; i++) end(members[i]);
  return EXIT_SUCCESS;
}
