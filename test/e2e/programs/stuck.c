/*
 * stuck FOLDER: a process that hangs in mmap(2) and holds its own memory lock for writing, so that whoever reads its smaps_rollup,
 * smaps, cmdline or environ hangs as well, until he is killed. It is called victim, and has fifty neighbours in a PID namespace of
 * their own. Once it hangs, prints the pid of the namespace's first process, under whose root/proc they are seen alone, and the
 * victim's pid there.
 *
 * A FUSE server of its own, mounted on the folder in a mount namespace of its own, makes it hang. The victim maps the only file
 * there and writes to it, opens it once more, and the server asks for direct I/O this time: before such a file is mapped the kernel
 * writes back what is dirty (fuse_file_mmap), and the server never answers that. The protocol: fuse(4), linux/fuse.h.
 *
 * Ends at the end of its standard input, after two minutes, or by any signal. However the server ends, the kernel ends the
 * connection with it: what hangs on it goes on, and dies with the namespace; the mounts are gone with the last process that sees them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIFE = 120, NEIGHBOURS = 50, FILE_NODE = 2, SIZE = 4096, FOREVER = 1000 };

static void check(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(EXIT_FAILURE);
}

static void get_stuck(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/file", folder);
  int cached = open(path, O_RDWR);
  check(cached, "open");
  char *page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, cached, 0);
  if (page == MAP_FAILED) check(-1, "mmap");
  page[0] = 1;
  int direct = open(path, O_RDWR);
  check(direct, "open again");
  mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, direct, 0);
}

static void answer(int device, const struct fuse_in_header *to, int error, const void *body, size_t length) {
  struct fuse_out_header head = {.len = sizeof head + length, .error = -error, .unique = to->unique};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)body, length}};
  check(writev(device, parts, 2), "answer");
}

static struct fuse_attr attributes(uint64_t node) {
  struct fuse_attr attr = {.ino = node, .nlink = 1, .mode = S_IFDIR | 0700};
  if (node == FILE_NODE) attr.mode = S_IFREG | 0600, attr.size = SIZE;
  return attr;
}

/* Answers one request, but for the one that the victim is to hang on. */
static void serve(int device, const struct fuse_in_header *in, const pid_t told[2]) {
  static int opened;
  static const char zeros[SIZE];
  switch (in->opcode) {
    case FUSE_INIT: {
      struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = SIZE};
      return answer(device, in, 0, &out, sizeof out);
    }
    case FUSE_LOOKUP: {
      struct fuse_entry_out out = {.nodeid = FILE_NODE, .entry_valid = FOREVER, .attr_valid = FOREVER};
      out.attr = attributes(FILE_NODE);
      return answer(device, in, 0, &out, sizeof out);
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out out = {.attr_valid = FOREVER, .attr = attributes(in->nodeid)};
      return answer(device, in, 0, &out, sizeof out);
    }
    case FUSE_OPEN: {
      struct fuse_open_out out = {.open_flags = FOPEN_KEEP_CACHE | (opened++ ? FOPEN_DIRECT_IO : 0)};
      return answer(device, in, 0, &out, sizeof out);
    }
    case FUSE_READ:
      return answer(device, in, 0, zeros, SIZE);
    case FUSE_WRITE:
      printf("%d %d\n", (int)told[0], (int)told[1]);
      fflush(stdout);
      return;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      return;
    default:
      return answer(device, in, ENOSYS, NULL, 0);
  }
}

/* Forks a process that dies with its parent. */
static pid_t branch(const char *name) {
  pid_t pid = fork();
  check(pid, "fork");
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, name);
  return 0;
}

/* The first process of the namespace: serves until there is no more input. */
static int run(const char *folder, pid_t self) {
  check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount private");
  check(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount proc");
  for (int i = 0; i < NEIGHBOURS; i++)
    if (branch("neighbour") == 0)
      for (;;) pause();
  int device = open("/dev/fuse", O_RDWR);
  check(device, "/dev/fuse");
  char options[100];
  snprintf(options, sizeof options, "fd=%d,rootmode=%o,user_id=0,group_id=0", device, S_IFDIR);
  check(mount("stuck", folder, "fuse", MS_NOSUID | MS_NODEV, options), "mount fuse");
  pid_t victim = branch("victim");
  if (victim == 0) {
    close(device);
    get_stuck(folder);
    return EXIT_FAILURE;
  }
  struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = device, .events = POLLIN}};
  static char request[FUSE_MIN_READ_BUFFER + SIZE];
  while (poll(inputs, 2, -1) > 0 && !inputs[0].revents) {
    check((int)read(device, request, sizeof request), "read");
    serve(device, (struct fuse_in_header *)request, (pid_t[]){self, victim});
  }
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  alarm(LIFE);
  check(unshare(CLONE_NEWNS | CLONE_NEWPID), "unshare");
  /* Within the namespace it does not know by which pid it is known outside. */
  int numbers[2];
  check(pipe(numbers), "pipe");
  pid_t first = branch("server");
  if (first == 0) {
    pid_t self;
    check(read(numbers[0], &self, sizeof self) == sizeof self ? 0 : -1, "read");
    return run(argv[1], self);
  }
  check((int)write(numbers[1], &first, sizeof first), "write");
  int status;
  waitpid(first, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
