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
    # Begun all at once they keep each other from answering in time; many of them only wait.
    step env SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$((4 * $(nproc))) \
        swift test --skip-build --disable-xctest
    step signer_links_little
    step fuzz_and_torture
    say "all checks passed"
}

# The release build, as people run it. 200 kills take five minutes, most of it waiting for supervisord, which
# starts a process again after a second or two; the fuzzer takes what is left of the processors.
fuzz_and_torture() {
    local fuzzing code=0 said=$fuzz_folder.said
    mkdir -p "${fuzz_folder%/*}"
    (
        renice -n 19 $BASHPID >/dev/null
        fuzz --seconds $fuzz_seconds_of_a_check
    ) >"$said" 2>&1 &
    fuzzing=$!
    (torture --kills 200) || code=1
    wait $fuzzing || code=1
    cat "$said"
    return $code
}

# Signer holds the secrets: it has no use for TLS or a database.
signer_links_little() {
    ! ldd "$bin/signer" | grep -E 'libssl|libsqlite3'
}
