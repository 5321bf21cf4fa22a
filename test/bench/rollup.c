/* What everything is compared with: opens, reads once and closes every smaps_rollup under a proc root, and does nothing with it. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
  static char text[65536];
  DIR *proc = opendir("/proc");
  long bytes = 0;
  if (proc == NULL) return EXIT_FAILURE;
  for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/smaps_rollup", entry->d_name);
    int file = open(path, O_RDONLY);
    if (file < 0) continue;
    ssize_t got = read(file, text, sizeof text);
    if (got > 0) bytes += got;
    close(file);
  }
  closedir(proc);
  return bytes > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
