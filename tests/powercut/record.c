/* A file system for SQLite that passes everything on, and writes down what would not outlive a power cut.
 *
 * It registers itself before main, as the default one. Where a file NAME.writes stands beside the database
 * NAME, every write, truncation, sync and deletion is added to it, in the order in which they were done:
 * one letter (W, T, S, D), one letter for the file (m, w, j: database, log, journal), six zero bytes, two
 * numbers of eight bytes (offset or size, length), and the bytes. While a file NAME.full stands there, the disk
 * is full.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sqlite3.h"

typedef struct Recorded {
  sqlite3_file base;
  sqlite3_file *real;
  int log;
  char which;
  char full[1024];
} Recorded;

static sqlite3_vfs recorder;
static sqlite3_vfs *beneath;
static sqlite3_io_methods methods;

static char kind_of(const char *name, size_t *length) {
  size_t n = strlen(name);
  *length = n;
  if (n > 4 && strcmp(name + n - 4, "-wal") == 0) {
    *length = n - 4;
    return 'w';
  }
  if (n > 8 && strcmp(name + n - 8, "-journal") == 0) {
    *length = n - 8;
    return 'j';
  }
  return 'm';
}

static int beside(const char *name, const char *ending, char *path, size_t room, char *which) {
  size_t length;
  *which = kind_of(name, &length);
  return snprintf(path, room, "%.*s%s", (int)length, name, ending) < (int)room;
}

static int note(int log, char what, char which, uint64_t at, uint64_t length, const void *bytes) {
  size_t size = 24 + (bytes ? (size_t)length : 0);
  unsigned char *entry;
  int whole;
  if (log < 0) return SQLITE_OK;
  entry = calloc(1, size);
  if (!entry) return SQLITE_IOERR_NOMEM;
  entry[0] = (unsigned char)what;
  entry[1] = (unsigned char)which;
  memcpy(entry + 8, &at, 8);
  memcpy(entry + 16, &length, 8);
  if (bytes) memcpy(entry + 24, bytes, (size_t)length);
  /* One call, at the end of the file: entries of several threads do not mix. */
  whole = write(log, entry, size) == (ssize_t)size;
  free(entry);
  return whole ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

#define REAL(file) (((Recorded *)(file))->real)

static int rec_close(sqlite3_file *file) {
  Recorded *mine = (Recorded *)file;
  int rc = mine->real->pMethods ? mine->real->pMethods->xClose(mine->real) : SQLITE_OK;
  if (mine->log >= 0) close(mine->log);
  mine->log = -1;
  return rc;
}

static int rec_read(sqlite3_file *file, void *to, int amount, sqlite3_int64 at) {
  return REAL(file)->pMethods->xRead(REAL(file), to, amount, at);
}

static int rec_write(sqlite3_file *file, const void *from, int amount, sqlite3_int64 at) {
  Recorded *mine = (Recorded *)file;
  int rc;
  if (mine->full[0] && access(mine->full, F_OK) == 0) return SQLITE_FULL;
  rc = mine->real->pMethods->xWrite(mine->real, from, amount, at);
  if (rc != SQLITE_OK) return rc;
  return note(mine->log, 'W', mine->which, (uint64_t)at, (uint64_t)amount, from);
}

static int rec_truncate(sqlite3_file *file, sqlite3_int64 size) {
  Recorded *mine = (Recorded *)file;
  int rc = mine->real->pMethods->xTruncate(mine->real, size);
  if (rc != SQLITE_OK) return rc;
  return note(mine->log, 'T', mine->which, (uint64_t)size, 0, NULL);
}

static int rec_sync(sqlite3_file *file, int flags) {
  Recorded *mine = (Recorded *)file;
  int rc = mine->real->pMethods->xSync(mine->real, flags);
  if (rc != SQLITE_OK) return rc;
  return note(mine->log, 'S', mine->which, 0, 0, NULL);
}

static int rec_size(sqlite3_file *file, sqlite3_int64 *size) {
  return REAL(file)->pMethods->xFileSize(REAL(file), size);
}
static int rec_lock(sqlite3_file *file, int level) {
  return REAL(file)->pMethods->xLock(REAL(file), level);
}
static int rec_unlock(sqlite3_file *file, int level) {
  return REAL(file)->pMethods->xUnlock(REAL(file), level);
}
static int rec_reserved(sqlite3_file *file, int *out) {
  return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}
static int rec_control(sqlite3_file *file, int what, void *with) {
  return REAL(file)->pMethods->xFileControl(REAL(file), what, with);
}
static int rec_sector(sqlite3_file *file) { return REAL(file)->pMethods->xSectorSize(REAL(file)); }
static int rec_device(sqlite3_file *file) {
  return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}
static int rec_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **to) {
  return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, to);
}
static int rec_shm_lock(sqlite3_file *file, int at, int count, int flags) {
  return REAL(file)->pMethods->xShmLock(REAL(file), at, count, flags);
}
static void rec_shm_barrier(sqlite3_file *file) { REAL(file)->pMethods->xShmBarrier(REAL(file)); }
static int rec_shm_unmap(sqlite3_file *file, int remove) {
  return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static int rec_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out) {
  Recorded *mine = (Recorded *)file;
  int is_ours = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  char path[1024];
  int rc;
  (void)vfs;
  memset(mine, 0, sizeof(*mine));
  mine->real = (sqlite3_file *)(mine + 1);
  mine->log = -1;
  rc = beneath->xOpen(beneath, name, mine->real, flags, out);
  if (mine->real->pMethods) mine->base.pMethods = &methods;
  if (rc != SQLITE_OK || !name || !(flags & is_ours)) return rc;
  if (beside(name, ".writes", path, sizeof(path), &mine->which))
    mine->log = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (!beside(name, ".full", mine->full, sizeof(mine->full), &mine->which)) mine->full[0] = 0;
  return rc;
}

static int rec_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
  char path[1024], which;
  int log = -1, rc = beneath->xDelete(beneath, name, sync_folder);
  (void)vfs;
  if (rc != SQLITE_OK) return rc;
  if (beside(name, ".writes", path, sizeof(path), &which))
    log = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (log < 0) return rc;
  rc = note(log, 'D', which, (uint64_t)sync_folder, 0, NULL);
  close(log);
  return rc;
}

__attribute__((constructor)) static void begin(void) {
  beneath = sqlite3_vfs_find(NULL);
  if (!beneath) return;
  /* The second version: no maps of the database, which would be written past us. */
  methods.iVersion = 2;
  methods.xClose = rec_close;
  methods.xRead = rec_read;
  methods.xWrite = rec_write;
  methods.xTruncate = rec_truncate;
  methods.xSync = rec_sync;
  methods.xFileSize = rec_size;
  methods.xLock = rec_lock;
  methods.xUnlock = rec_unlock;
  methods.xCheckReservedLock = rec_reserved;
  methods.xFileControl = rec_control;
  methods.xSectorSize = rec_sector;
  methods.xDeviceCharacteristics = rec_device;
  methods.xShmMap = rec_shm_map;
  methods.xShmLock = rec_shm_lock;
  methods.xShmBarrier = rec_shm_barrier;
  methods.xShmUnmap = rec_shm_unmap;
  /* What is not about contents is the other's own. */
  recorder = *beneath;
  recorder.zName = "recorder";
  recorder.pNext = NULL;
  recorder.szOsFile = (int)sizeof(Recorded) + beneath->szOsFile;
  recorder.xOpen = rec_open;
  recorder.xDelete = rec_delete;
  sqlite3_vfs_register(&recorder, 1);
}
