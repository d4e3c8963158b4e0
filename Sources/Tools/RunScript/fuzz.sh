# shellcheck shell=bash
# What strangers send, made up by libFuzzer (Tests/FuzzTests).

readonly fuzz_folder=$root/.build/fuzz              # the build, what was found, and what was grown
readonly fuzz_tests=$root/Tests/FuzzTests           # targets, corpus and dictionaries
readonly fuzz_seconds=60                            # of each target, unless somebody says otherwise
readonly fuzz_seconds_of_a_check=2
readonly fuzz_longest=4096                          # bytes of an input; what is longer is tested by hand
readonly fuzz_options=(-c release --sanitize=fuzzer -Xswiftc -enable-testing)

# fuzz [TARGET…] [--seconds N]
fuzz() {
    local seconds=$fuzz_seconds targets=() known=() name failed=()
    mapfile -t known < <(fuzz_targets)
    while (($#)); do
        case $1 in
        --seconds)
            [[ ${2-} =~ ^[1-9][0-9]*$ ]] || fail $EX_USAGE "--seconds wants a number of seconds for each target"
            seconds=$2
            shift
            ;;
        *)
            [[ " ${known[*]} " == *" $1 "* ]] || fail $EX_USAGE "fuzz knows these targets: ${known[*]}"
            targets+=("$1")
            ;;
        esac
        shift
    done
    ((${#targets[@]})) || targets=("${known[@]}")
    install_missing
    build_fuzzer
    printf '%-10s %12s %9s %9s %8s  %s\n' target inputs a-second branches corpus found
    for name in "${targets[@]}"; do fuzz_one "$name" "$seconds" || failed+=("$name"); done
    ((${#failed[@]} == 0)) || fail $EX_FAILED "${failed[*]}: mend it, and put the input into $fuzz_tests/Corpus"
}

fuzz_targets() { sed -n 's/^    case \([a-z]*\)$/\1/p' "$fuzz_tests/FuzzTarget.swift"; }

build_fuzzer() {
    command -v swift >/dev/null ||
        fail $EX_CONFIG "swift is not in PATH: install Swift 6.2 or later, https://www.swift.org/install/linux/"
    mkdir -p "$fuzz_folder"
    # Its package has other targets (Package.swift), so that it has a folder of its own.
    (cd "$root" && LIBFUZZER=1 swift build "${fuzz_options[@]}" --product Fuzz --scratch-path "$fuzz_folder" >"$fuzz_folder.log" 2>&1) || {
        cat "$fuzz_folder.log" >&2
        fail $EX_SOFTWARE "the fuzzer's build failed"
    }
}

# Gives target $1 inputs for $2 seconds, and prints a line of what came of it.
fuzz_one() {
    local name=$1 seconds=$2 log=$fuzz_folder/$1.log status=0 dictionary=() seeds=("$fuzz_tests/Corpus/$1") folder
    # What other tests have of it, too.
    case $name in
    webhook) seeds+=("$root/Tests/CloudAPITests/Fixtures") ;;
    envelope) seeds+=("$root/Protocols/examples") ;;
    esac
    mkdir -p "$fuzz_folder/grown/$name" "$fuzz_folder/found"
    # Lists of JSON's own signs serve all that reads JSON.
    for folder in "$name" json; do
        [[ ! -f $fuzz_tests/Dictionaries/$folder.dict ]] || dictionary=("-dict=$fuzz_tests/Dictionaries/$folder.dict")
        ((${#dictionary[@]} == 0)) || break
    done
    # The backtracer would hold up each crash.
    SWIFT_BACKTRACE=enable=no "$fuzz_folder/release/Fuzz" "--target=$name" "-max_total_time=$seconds" \
        "-max_len=$fuzz_longest" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 "${dictionary[@]}" \
        "-artifact_prefix=$fuzz_folder/found/$name-" "$fuzz_folder/grown/$name" "${seeds[@]}" >"$log" 2>&1 || status=$?
    fuzz_line "$name" "$log"
    ((status == 0)) && return
    grep -a -m 1 'Fatal error\|ERROR: libFuzzer' "$log" | sed 's/^/  /'
    grep -a -o "Test unit written to .*" "$log" | sed 's/^/  /'
    say "  $log"
    return 1
}

# The figures of libFuzzer's log $2 in a line.
fuzz_line() {
    local inputs rate last found=nothing
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$2")
    rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$2")
    last=$(grep -a '^#.* cov: ' "$2" | tail -n 1)
    ! grep -a -q 'Test unit written to' "$2" || found='SOMETHING:'
    printf '%-10s %12s %9s %9s %8s  %s\n' "$1" "${inputs:-0}" "${rate:-0}" \
        "$(sed 's/.* cov: \([0-9]*\).*/\1/' <<<"$last")" "$(sed 's/.* corp: \([0-9]*\).*/\1/' <<<"$last")" "$found"
}
