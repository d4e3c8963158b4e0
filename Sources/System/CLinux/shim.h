#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

/* Hidden without _GNU_SOURCE, which would make this module's fd_set another type than Glibc's. */
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
struct clinux_ucred { int pid; unsigned int uid; unsigned int gid; };

/* Hidden likewise: asks the kernel to begin writing a range to the disk, and does not wait for it. */
extern int sync_file_range(int descriptor, long long offset, long long count, unsigned int flags);
static inline int clinux_begin_writing_out(int descriptor, long long offset, long long count) {
    return sync_file_range(descriptor, offset, count, 2 /* SYNC_FILE_RANGE_WRITE */);
}

/* Variadic in C, so Swift cannot call it. */
static inline int clinux_set_parent_death_signal(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL);
}
static inline int clinux_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, (unsigned long)dumpable, 0UL, 0UL, 0UL);
}
