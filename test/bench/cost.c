/*
 * cost COMMAND ARGUMENT...: runs a program with its output thrown away and prints the CPU time (user and system) in microseconds
 * that it took with all of its descendants: those that nobody waits for are inherited and waited for here.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

int main(int argc, char **argv) {
  if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 2;
  pid_t program = fork();
  if (program < 0) return 2;
  if (program == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  int failed = 0;
  int status;
  for (pid_t ended; (ended = wait(&status)) > 0;)
    if (ended == program) failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  struct rusage used;
  if (failed || getrusage(RUSAGE_CHILDREN, &used) != 0) return EXIT_FAILURE;
  printf("%ld\n", microseconds(used.ru_utime) + microseconds(used.ru_stime));
  return EXIT_SUCCESS;
}
