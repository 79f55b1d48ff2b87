/*
 * A disk that can lose its power and that can fail, for the process into which this is preloaded (LD_PRELOAD).
 *
 * It watches the files directly in one folder, and keeps beside it what has been synced of them:
 *   DISK_SHADOW/files/<inode>   the bytes of each file as of its last fsync
 *   DISK_SHADOW/names/<name>    the folder as of its own last fsync: hard links to those
 * What a program has written and not synced stands in the folder itself alone. Whoever puts the names in the
 * folder's place after the process was killed has what a power loss leaves at worst (test/disk/powered-disk.ts).
 *
 *   DISK_FOLDER    the folder that is watched: absolute, as the program spells it
 *   DISK_SHADOW    where that is kept; without it nothing is
 *   DISK_DEAF      syncs of files whose names begin so have no effect, as on a disk that lies
 *   DISK_CONTROL   a file of one page that says what fails from now on: `<call> <end of name> <errno> <times>`, such
 *                  as `sync events.db-wal 5 1`; calls are `write` and `sync`, 0 times is for ever. First byte 0: nothing.
 *
 * Files that end in -shm are shared memory, not data: SQLite makes them anew, and they are left out.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FDS 65536
#define CONTROL_BYTES 4096

typedef struct {
  off_t from, to;
} range;

/* A file of the folder, by inode: several descriptors and threads share it. */
typedef struct file {
  struct file *next;
  ino_t inode;
  char name[NAME_MAX + 1];
  int is_folder;
  range *dirty;
  size_t count, room;
} file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static file *files;
static file *by_fd[MOST_FDS];
static const char *folder, *shadow, *deaf;
static volatile char *control;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

/* A test that quietly watched nothing would prove nothing. */
static void give_up(const char *what) {
  fprintf(stderr, "disk-shim: %s: %s\n", what, strerror(errno));
  abort();
}

static void begin(void) {
  real_open = dlsym(RTLD_NEXT, "open64");
  real_openat = dlsym(RTLD_NEXT, "openat64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  folder = getenv("DISK_FOLDER");
  shadow = getenv("DISK_SHADOW");
  deaf = getenv("DISK_DEAF");
  const char *path = getenv("DISK_CONTROL");
  if (path == NULL) return;
  int fd = real_open(path, O_RDWR);
  if (fd < 0) give_up(path);
  control = mmap(NULL, CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (control == MAP_FAILED) give_up(path);
  real_close(fd);
}

static void ready(void) { pthread_once(&once, begin); }

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The name of a path directly in the folder, "" for the folder itself, NULL for everything else. */
static const char *name_in_folder(const char *path) {
  if (folder == NULL) return NULL;
  size_t length = strlen(folder);
  if (strncmp(path, folder, length) != 0) return NULL;
  if (path[length] == '\0') return "";
  const char *name = path + length + 1;
  if (path[length] != '/' || strchr(name, '/') != NULL || ends_with(name, "-shm")) return NULL;
  return name;
}

/* ---- what fails on purpose ---- */

/* Whether this call fails now; sets errno. The lock is held. */
static int fails(const char *call, const file *f) {
  if (control == NULL || control[0] == '\0' || f == NULL || f->is_folder) return 0;
  char text[CONTROL_BYTES], wanted[16], end[NAME_MAX + 1];
  int error, times;
  memcpy(text, (const char *)control, sizeof text);
  text[sizeof text - 1] = '\0';
  if (sscanf(text, "%15s %255s %d %d", wanted, end, &error, &times) != 4) return 0;
  if (strcmp(wanted, call) != 0 || !ends_with(f->name, end)) return 0;
  if (times == 1) control[0] = '\0';
  if (times > 1) snprintf((char *)control, CONTROL_BYTES, "%s %s %d %d", wanted, end, error, times - 1);
  errno = error;
  return 1;
}

static int call_fails(const char *call, int fd) {
  ready();
  if (control == NULL || fd < 0 || fd >= MOST_FDS) return 0;
  pthread_mutex_lock(&lock);
  int failing = fails(call, by_fd[fd]);
  /* As Linux does it: pages that could not be synced count as clean, and no later sync writes them. */
  if (failing && strcmp(call, "sync") == 0) by_fd[fd]->count = 0;
  pthread_mutex_unlock(&lock);
  return failing;
}

/* ---- what is not synced yet ---- */

static void shadow_of(ino_t inode, char *path) { snprintf(path, PATH_MAX, "%s/files/%llu", shadow, (unsigned long long)inode); }

/* The file behind a descriptor that was just opened. A new file has nothing of an old one of the same inode. */
static void opened(int fd, const char *path, int is_new, int is_cut) {
  if (fd < 0 || fd >= MOST_FDS) return;
  const char *name = name_in_folder(path);
  struct stat about;
  if (name == NULL || fstat(fd, &about) != 0) {
    by_fd[fd] = NULL;
    return;
  }
  pthread_mutex_lock(&lock);
  file *f = files;
  while (f != NULL && f->inode != about.st_ino) f = f->next;
  if (f == NULL) {
    f = calloc(1, sizeof *f);
    if (f == NULL) give_up("calloc");
    f->inode = about.st_ino;
    f->next = files;
    files = f;
  }
  if (is_new || is_cut) f->count = 0;
  if (is_new && shadow != NULL) {
    char stale[PATH_MAX];
    shadow_of(f->inode, stale);
    unlink(stale);
  }
  snprintf(f->name, sizeof f->name, "%s", name);
  f->is_folder = S_ISDIR(about.st_mode);
  by_fd[fd] = f;
  pthread_mutex_unlock(&lock);
}

static void written(int fd, off_t from, off_t to) {
  if (shadow == NULL || fd < 0 || fd >= MOST_FDS || by_fd[fd] == NULL || to <= from) return;
  pthread_mutex_lock(&lock);
  file *f = by_fd[fd];
  range *last = f->count > 0 ? &f->dirty[f->count - 1] : NULL;
  if (last != NULL && from <= last->to && to >= last->from) {
    if (from < last->from) last->from = from;
    if (to > last->to) last->to = to;
  } else {
    if (f->count == f->room) {
      f->room = f->room == 0 ? 64 : f->room * 2;
      f->dirty = realloc(f->dirty, f->room * sizeof *f->dirty);
      if (f->dirty == NULL) give_up("realloc");
    }
    f->dirty[f->count++] = (range){from, to};
  }
  pthread_mutex_unlock(&lock);
}

/* Copies what was written since the last sync. The lock is held. */
static void keep_file(int fd, file *f) {
  char path[PATH_MAX], block[65536];
  struct stat about;
  shadow_of(f->inode, path);
  int to = real_open(path, O_RDWR | O_CREAT, 0600);
  if (to < 0) give_up(path);
  /* Not every descriptor may be read from. */
  char own[64];
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  int from = real_open(own, O_RDONLY);
  if (from < 0 || fstat(from, &about) != 0) give_up(own);
  for (size_t i = 0; i < f->count; i++) {
    for (off_t at = f->dirty[i].from; at < f->dirty[i].to;) {
      size_t want = (size_t)(f->dirty[i].to - at);
      ssize_t got = pread(from, block, want < sizeof block ? want : sizeof block, at);
      if (got < 0) give_up(own);
      if (got == 0) break;
      if (real_pwrite(to, block, (size_t)got, at) != got) give_up(path);
      at += got;
    }
  }
  if (real_ftruncate(to, about.st_size) != 0) give_up(path);
  f->count = 0;
  real_close(from);
  real_close(to);
}

/* Makes the names what the folder holds now. The lock is held. */
static void keep_names(void) {
  char path[PATH_MAX * 2], kept[PATH_MAX], name[PATH_MAX * 2], draft[PATH_MAX];
  struct stat about, there;
  struct dirent *entry;
  snprintf(draft, sizeof draft, "%s/draft", shadow);
  DIR *all = opendir(folder);
  if (all == NULL) give_up(folder);
  while ((entry = readdir(all)) != NULL) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) || ends_with(entry->d_name, "-shm")) continue;
    shadow_of(about.st_ino, kept);
    snprintf(name, sizeof name, "%s/names/%s", shadow, entry->d_name);
    /* The name is there, its bytes were never synced: an empty file. */
    int fd = real_open(kept, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || fstat(fd, &about) != 0) give_up(kept);
    real_close(fd);
    if (stat(name, &there) == 0 && there.st_ino == about.st_ino) continue;
    unlink(draft);
    if (link(kept, draft) != 0 || rename(draft, name) != 0) give_up(name);
  }
  closedir(all);
  snprintf(path, sizeof path, "%s/names", shadow);
  all = opendir(path);
  if (all == NULL) give_up(path);
  while ((entry = readdir(all)) != NULL) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    snprintf(name, sizeof name, "%s/names/%s", shadow, entry->d_name);
    if (entry->d_name[0] != '.' && stat(path, &about) != 0) unlink(name);
  }
  closedir(all);
}

static int synced(int fd, int result) {
  if (result != 0 || shadow == NULL || fd < 0 || fd >= MOST_FDS || by_fd[fd] == NULL) return result;
  pthread_mutex_lock(&lock);
  file *f = by_fd[fd];
  if (f->is_folder) keep_names();
  else if (deaf == NULL || strncmp(f->name, deaf, strlen(deaf)) != 0) keep_file(fd, f);
  pthread_mutex_unlock(&lock);
  return result;
}

/* ---- the calls ---- */

static int open_watched(int at, const char *path, int flags, mode_t mode) {
  ready();
  struct stat before;
  int is_new = (flags & O_CREAT) != 0 && name_in_folder(path) != NULL && stat(path, &before) != 0;
  int fd = at == AT_FDCWD ? real_open(path, flags, mode) : real_openat(at, path, flags, mode);
  opened(fd, path, is_new, (flags & O_TRUNC) != 0);
  return fd;
}

#define MODE_OF(flags, last) \
  mode_t mode = 0; \
  if (((flags) & O_CREAT) != 0 || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list more; \
    va_start(more, last); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_watched(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_watched(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_watched(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_watched(at, path, flags, mode);
}

int close(int fd) {
  ready();
  if (fd >= 0 && fd < MOST_FDS) by_fd[fd] = NULL;
  return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (call_fails("write", fd)) return -1;
  ssize_t done = real_write(fd, bytes, count);
  if (done > 0 && fd >= 0 && fd < MOST_FDS && by_fd[fd] != NULL) {
    off_t end = lseek(fd, 0, SEEK_CUR);
    written(fd, end - done, end);
  }
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (call_fails("write", fd)) return -1;
  ssize_t done = real_writev(fd, parts, count);
  if (done > 0 && fd >= 0 && fd < MOST_FDS && by_fd[fd] != NULL) {
    off_t end = lseek(fd, 0, SEEK_CUR);
    written(fd, end - done, end);
  }
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
  if (call_fails("write", fd)) return -1;
  ssize_t done = real_pwrite(fd, bytes, count, at);
  if (done > 0) written(fd, at, at + done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) {
  if (call_fails("write", fd)) return -1;
  ssize_t done = real_pwritev(fd, parts, count, at);
  if (done > 0) written(fd, at, at + done);
  return done;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return pwritev64(fd, parts, count, at); }

int ftruncate64(int fd, off_t size) {
  ready();
  struct stat before;
  int known = fstat(fd, &before) == 0;
  int result = real_ftruncate(fd, size);
  /* What is cut off and written again is zeros in between. */
  if (result == 0 && known) written(fd, size, before.st_size);
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fsync(int fd) {
  if (call_fails("sync", fd)) return -1;
  return synced(fd, real_fsync(fd));
}

int fdatasync(int fd) {
  if (call_fails("sync", fd)) return -1;
  return synced(fd, real_fdatasync(fd));
}
