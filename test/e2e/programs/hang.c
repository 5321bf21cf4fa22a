// A disk that hangs: as long as the file $HANG_FILE is there, nothing reaches the disk. To be preloaded.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static int when_it_answers(const char *name, int fd) {
  const char *file = getenv("HANG_FILE");
  while (file && access(file, F_OK) == 0) usleep(20000);
  return ((sync_call)dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return when_it_answers("fsync", fd); }
int fdatasync(int fd) { return when_it_answers("fdatasync", fd); }
