#pragma once
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

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
static inline int clinux_set_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}
/* Memory that was written to never becomes code. Linux 6.3; the headers may be older. */
static inline int clinux_refuse_written_code(void) {
    return prctl(65 /* PR_SET_MDWE */, 1UL /* PR_MDWE_REFUSE_EXEC_GAIN */, 0UL, 0UL, 0UL);
}

/* By number, since no C library wraps it or not every one does. The numbers are those of all machines. */
static inline int clinux_close_from(unsigned int first) {
    return (int)syscall(436 /* close_range */, first, ~0U, 0U);
}

/* Landlock (landlock(7)); the headers may know less of it than the kernel. */
static inline int clinux_landlock_version(void) {
    return (int)syscall(444, (void *)0, (size_t)0, 1U /* LANDLOCK_CREATE_RULESET_VERSION */);
}
/* `size` is how much of the three the kernel's version knows: 8, 16 or 24 bytes. */
static inline int clinux_landlock_ruleset(
    uint64_t files, uint64_t ports, uint64_t scopes, size_t size
) {
    uint64_t handled[3] = {files, ports, scopes};
    return (int)syscall(444, handled, size, 0U);
}
static inline int clinux_landlock_allow_path(int ruleset, int descriptor, uint64_t access) {
    struct __attribute__((packed)) { uint64_t access; int32_t descriptor; } rule = {access, descriptor};
    return (int)syscall(445, ruleset, 1 /* LANDLOCK_RULE_PATH_BENEATH */, &rule, 0U);
}
static inline int clinux_landlock_allow_port(int ruleset, uint64_t port, uint64_t access) {
    struct { uint64_t access, port; } rule = {access, port};
    return (int)syscall(445, ruleset, 2 /* LANDLOCK_RULE_NET_PORT */, &rule, 0U);
}
static inline int clinux_landlock_restrict(int ruleset) {
    return (int)syscall(446, ruleset, 0U);
}

/* Puts all threads under the filter (seccomp(2)); the kernel logs what it refuses if `logged`. */
static inline int clinux_filter_system_calls(
    struct sock_filter *program, unsigned short count, int logged
) {
    struct sock_fprog filter = {count, program};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
        SECCOMP_FILTER_FLAG_TSYNC | (logged ? SECCOMP_FILTER_FLAG_LOG : 0), &filter);
}

/* O_PATH, hidden likewise: a descriptor that names a file and reads nothing of it. */
static const int clinux_open_path = 010000000;

/* For tests: a system call with arguments that it cannot take, which tells a refusal from a mistake. */
static inline int clinux_attempt(long number) {
    return (int)syscall(number, -1L, 0L, 0L, 0L, 0L, 0L);
}

/* ThreadSanitizer's runtime, where a program is built with it: who does the second and then the first sees what was
   done before. (<sanitizer/tsan_interface.h>) */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));
static inline void clinux_sanitizer_acquired(void *address) {
    if (__tsan_acquire) __tsan_acquire(address);
}
static inline void clinux_sanitizer_releases(void *address) {
    if (__tsan_release) __tsan_release(address);
}
