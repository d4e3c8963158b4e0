# shellcheck shell=bash
# The tests as LLVM's sanitizers see them.

readonly sanitizer_exit=66 # as Tests/TestSupport/Sanitizer.swift

# The tests, and the processes that they drive, built with sanitizer $1 into a folder of their own.
run_sanitized() {
    local folder=$root/.build/$1
    local options=(--sanitize="$1" --scratch-path "$folder")
    local code=0 common=halt_on_error=1:exitcode=$sanitizer_exit
    step swift build --build-tests "${options[@]}"
    step build
    # What it finds in a child is kept there: most children are killed, and few tests look how one ends.
    export SANITIZER_REPORTS=$folder/reports SWIFT_BACKTRACE=enable=no
    rm -rf "$SANITIZER_REPORTS"
    mkdir "$SANITIZER_REPORTS"
    case $1 in
    thread) export TSAN_OPTIONS=$common:suppressions=$root/Tests/Sanitizers/thread.suppressions ;;
    # Who looks for leaks is a process that traces this one, which no sandbox allows.
    address) export ASAN_OPTIONS=$common:detect_leaks=0 ;;
    esac
    # All at once they are too slow for each other's time limits.
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(nproc)
    export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH
    # What was reported comes first: it is why tests failed, where some did.
    swift test --skip-build --disable-xctest "${options[@]}" </dev/null || code=$?
    step nothing_reported
    ((code == 0)) || fail $EX_FAILED "tests failed"
    say "the $1 sanitizer found nothing"
}

nothing_reported() {
    local report
    for report in "$SANITIZER_REPORTS"/*; do
        [[ ! -e $report ]] || with_names "${SANITIZER_REPORTS%/*}/debug" <"$report"
    done
    [[ -z $(ls "$SANITIZER_REPORTS") ]]
}

# A report with the names of its places, which a process in its sandbox cannot look up; $1 is where
# the programs lie.
with_names() {
    local line
    while IFS= read -r line; do
        if [[ $line =~ \(([a-z]+)\+(0x[0-9a-f]+)\) && -x $1/${BASH_REMATCH[1]} ]]; then
            line+=" $(llvm-symbolizer --pretty-print --no-inlines -e "$1/${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" | head -n 1)"
        fi
        say "$line"
    done
}
