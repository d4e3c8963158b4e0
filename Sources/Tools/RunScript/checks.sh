# shellcheck shell=bash
# `./run.sh test`: every check that CI runs.

step() {
    say "== $*"
    "$@" </dev/null || fail $EX_FAILED "failed: $*"
}

run_tests() {
    local name sanitizer=${1-}
    [[ $# == 0 || $1 == --sanitize=thread || $1 == --sanitize=address ]] ||
        fail $EX_USAGE "test takes nothing, or --sanitize=thread or --sanitize=address"
    # Nobody's settings may decide a test.
    for name in "${!WHATSAPP_@}" "${!GATEWAY_@}"; do unset "$name"; done
    cd "$root"
    # The tests cut processes off at single system calls, play Meta's servers with a CA of their own, and
    # let systemd judge the units.
    install_missing strace:strace openssl:openssl systemd:systemd-analyze
    if [[ -n $sanitizer ]]; then run_sanitized "${sanitizer#*=}"; else run_checks; fi
}

# Integration tests drive the debug executables beside the test bundle and this script the release
# ones; both are built before the tests, which may not build under the lock of `swift test`.
run_checks() {
    step swift format lint --strict -r -p Package.swift Sources Tests
    step .ci/imports
    step Tests/RunScriptTests/run
    step swift build --build-tests
    step build
    step swift test --skip-build --disable-xctest
    step fuzz --seconds $fuzz_seconds_of_a_check
    step signer_links_little
    step survive_torture
    say "all checks passed"
}

# Of the release build, as people run it. 200 kills take five minutes: supervisord starts a process again
# after a second or two.
survive_torture() (torture --kills 200)

# Signer holds the secrets: it has no use for TLS or a database.
signer_links_little() {
    ! ldd "$bin/signer" | grep -E 'libssl|libsqlite3'
}
