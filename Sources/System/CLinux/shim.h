#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The module map cannot define _GNU_SOURCE early enough for every importer, so the GNU calls are declared here. */
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

/* struct ucred is hidden without _GNU_SOURCE. */
struct clinux_ucred { int pid; unsigned int uid; unsigned int gid; };

/* Variadic in C, so Swift cannot call it. */
static inline int clinux_set_parent_death_signal(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL);
}
static inline int clinux_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, (unsigned long)dumpable, 0UL, 0UL, 0UL);
}
