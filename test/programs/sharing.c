/*
 * sharing PAGES: processes that share memory on command and stand still in between, so that whoever looks twice sees the same.
 * The first has PAGES private pages; all have a segment of shared memory. One command a line, each answered by "ok" or "failed":
 *
 *   N fork M         the first process (N is 0) forks process M: what it has is shared from now on
 *   N twin M         forked process N starts process M in its own address space (CLONE_VM)
 *   N exit
 *   N grow P         P new private pages
 *   N huge P         P new private huge pages, as far as the kernel has some
 *   N write F P      writes to P of the private pages from F on: they are copied where they are shared
 *   N drop F P       gives them up
 *   N touch F P      writes to P pages of the segment from F on
 *   0 size P         the segment has P pages from now on
 *
 * Prints "ready PID" first, and "ok PID" for fork and twin. Ends, with all others, at the end of its standard input or after ten
 * minutes. To be linked statically: pages of shared libraries would be shared with the rest of the machine.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64, PAGE = 4096, HUGE = 2 << 20, STACK = 64 << 10, LINE = 128, SEGMENT = 1 << 16, LIFE = 600 };

struct command {
  char verb[8];
  int first;
  int pages;
};

/* What the first process talks to the others through, and who they are. */
static int channels[MOST];
static pid_t members[MOST];
static char *common;
static char *segment;
static int backing;

static int fill(char *from, long pages) {
  for (long i = 0; i < pages; i++) memset(from + i * PAGE, rand(), 16);
  return 1;
}

static int grow(long pages, int huge) {
  size_t bytes = huge ? (size_t)pages * HUGE : (size_t)pages * PAGE;
  char *memory = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 0;
  if (huge) memory += HUGE - (size_t)memory % HUGE;
  madvise(memory, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return fill(memory, bytes / PAGE);
}

static int obey(const struct command *command) {
  char *from = common + (size_t)command->first * PAGE;
  if (strcmp(command->verb, "grow") == 0) return grow(command->first, 0);
  if (strcmp(command->verb, "huge") == 0) return grow(command->first, 1);
  if (strcmp(command->verb, "write") == 0) return fill(from, command->pages);
  if (strcmp(command->verb, "drop") == 0) return madvise(from, (size_t)command->pages * PAGE, MADV_DONTNEED) == 0;
  if (strcmp(command->verb, "touch") == 0) return fill(segment + (size_t)command->first * PAGE, command->pages);
  if (strcmp(command->verb, "size") == 0) return ftruncate(backing, (off_t)command->first * PAGE) == 0;
  return 0;
}

/* Set by a twin, in the memory that it shares, once it has touched all that it will ever touch. */
static volatile int settled;

static _Noreturn int rest(void *unused) {
  (void)unused;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  settled = 1;
  for (;;) pause();
}

/* The name alternates, so that there are two groups. */
static void become(int member) {
  char name[16];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  snprintf(name, sizeof name, "sharing-%s", member % 2 ? "odd" : "even");
  prctl(PR_SET_NAME, name);
}

static pid_t twin(void) {
  char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) return -1;
  settled = 0;
  pid_t pid = clone(rest, stack + STACK, CLONE_VM | CLONE_PARENT | SIGCHLD, NULL);
  while (pid > 0 && !settled) sched_yield();
  return pid;
}

static void serve(int channel, int member) {
  struct command command;
  become(member);
  while (read(channel, &command, sizeof command) == sizeof command) {
    pid_t answer = strcmp(command.verb, "twin") == 0 ? twin() : obey(&command);
    if (write(channel, &answer, sizeof answer) != sizeof answer) break;
  }
  _exit(0);
}

static pid_t ask(int member, const struct command *command) {
  pid_t answer = 0;
  if (channels[member] <= 0) return 0;
  if (write(channels[member], command, sizeof *command) != sizeof *command) return 0;
  return read(channels[member], &answer, sizeof answer) == sizeof answer ? answer : 0;
}

static pid_t begin(int member) {
  int ends[2];
  if (member < 1 || member >= MOST || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) return -1;
  pid_t pid = fork();
  if (pid == 0) serve(ends[1], member);
  close(ends[1]);
  channels[member] = ends[0];
  /* Once it has answered it has touched all that it needs to wait for the next command. */
  struct command nothing = {.verb = ""};
  ask(member, &nothing);
  return members[member] = pid;
}

/* A process that only shares another's memory has no channel. Every member is a child of the first process: a twin is, too (CLONE_PARENT). */
static pid_t end(int member) {
  if (members[member] <= 0) return 0;
  kill(members[member], SIGKILL);
  waitpid(members[member], NULL, 0);
  if (channels[member] > 0) close(channels[member]);
  channels[member] = members[member] = 0;
  return 1;
}

static pid_t order(int member, const struct command *command) {
  if (strcmp(command->verb, "exit") == 0) return end(member);
  if (strcmp(command->verb, "fork") == 0) return member == 0 ? begin(command->first) : 0;
  if (member == 0) return obey(command);
  pid_t answer = ask(member, command);
  if (strcmp(command->verb, "twin") == 0) members[command->first] = answer;
  return answer;
}

int main(int argc, char **argv) {
  long pages = argc > 1 ? atol(argv[1]) : 0;
  if (pages < 1) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm(LIFE);
  become(0);
  /* The kernel's own page of code is shared with every process of the machine. */
  munmap((void *)getauxval(AT_SYSINFO_EHDR), 2 * PAGE);
  common = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  backing = memfd_create("segment", 0);
  segment = mmap(NULL, (size_t)SEGMENT * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, backing, 0);
  if (common == MAP_FAILED || segment == MAP_FAILED) return EXIT_FAILURE;
  madvise(common, (size_t)pages * PAGE, MADV_NOHUGEPAGE);
  fill(common, pages);
  printf("ready %d\n", getpid());
  fflush(stdout);
  char line[LINE];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int member = 0;
    struct command command = {.verb = ""};
    int read = sscanf(line, "%d %7s %d %d", &member, command.verb, &command.first, &command.pages);
    int known = member == 0 || (member > 0 && member < MOST && members[member] > 0);
    int room = command.first < MOST || (strcmp(command.verb, "fork") != 0 && strcmp(command.verb, "twin") != 0);
    pid_t answer = read >= 2 && known && room ? order(member, &command) : 0;
    if (answer > 0) printf("ok %d\n", answer);
    else puts("failed");
    fflush(stdout);
  }
  for (int i = 1; i < MOST; i++)
    if (members[i] > 0) end(i);
  return EXIT_SUCCESS;
}
