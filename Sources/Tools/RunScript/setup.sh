# shellcheck shell=bash
# The state directory, the packages and the build.

prepare_state() {
    umask 077
    if [[ ! -d $state ]]; then
        mkdir -p -- "$state" || fail $EX_CONFIG "GATEWAY_STATE_DIR: $state can't be made"
        state=$(cd -P -- "$state" && pwd)
        settings[GATEWAY_STATE_DIR]=$state
    fi
    [[ -O $state && -w $state ]] || fail $EX_CONFIG "GATEWAY_STATE_DIR: $state belongs to somebody else"
    # Taking a folder such as /home away from its other users would be worse than not starting.
    # Looked at in this order since another start may be making it just now, `run` first.
    [[ -z $(ls -A -- "$state") || -d $state/run ]] ||
        fail $EX_CONFIG "GATEWAY_STATE_DIR: $state holds something else; give an empty folder"
    chmod 700 "$state"
    mkdir -p "$state/run" "$state/log" "$state/secrets"
    make_secrets
    write_token_file
}

# From now on stub mode must be asked for in this state directory.
mark_live() { [[ ${settings[GATEWAY_MODE]} != live ]] || : >"$state/has-been-live"; }

# Makes what nobody gave. `ln` never replaces a file, so that of two at once one wins.
make_secrets() {
    local name file
    for name in GATEWAY_API_TOKEN WHATSAPP_APP_SECRET WHATSAPP_VERIFY_TOKEN; do
        file=$(made_file $name)
        [[ ${settings[${name}_FILE]-} == "$file" && ! -s $file ]] || continue
        control make-secret >"$file.$$" || fail $EX_SOFTWARE "gatewayctl make-secret failed"
        sync "$file.$$"
        ln "$file.$$" "$file" 2>/dev/null || true
        rm -f "$file.$$"
    done
}

# Packages by the command that tells whether they are there: those that running wants, and "$@".
missing_packages() {
    local package library
    for package in supervisor:supervisord curl:curl pkgconf:pkg-config "$@"; do
        command -v "${package#*:}" >/dev/null || say "${package%:*}"
    done
    command -v dpkg-query >/dev/null || return 0
    # Package.swift names the Debian package of each system library. libcurl only recommends the
    # certificates that it trusts.
    { say ca-certificates && sed -n 's/^ *system("[A-Za-z0-9]*",.* "\([a-z0-9.-]*\)"),$/\1/p' "$root/Package.swift"; } |
        while read -r library; do
            [[ $(dpkg-query -W -f '${db:Status-Status}' "$library" 2>/dev/null) == installed ]] || say "$library"
        done
}

install_missing() {
    local packages sudo=()
    mapfile -t packages < <(missing_packages "$@")
    ((${#packages[@]})) || return 0
    local command="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
    command -v apt-get >/dev/null ||
        fail $EX_CONFIG "missing here (names as on Debian): ${packages[*]}"
    if [[ $(id -u) != 0 ]]; then
        sudo=(sudo)
        [[ -t 0 ]] || sudo=(sudo -n)
        "${sudo[@]}" true 2>/dev/null || fail $EX_CONFIG "missing: ${packages[*]}; as root: $command"
    fi
    say "installing ${packages[*]}"
    "${sudo[@]}" sh -c "$apt_script" sh "${packages[@]}" </dev/null || fail $EX_CONFIG "failed: $command"
}

# Debian's package starts a supervisord of its own. Its documented veto, policy-rc.d, keeps that from
# happening now; where there is one already it is the administrator's.
# shellcheck disable=SC2016 # expanded by the shell that runs it
readonly apt_script='
set -e
export DEBIAN_FRONTEND=noninteractive
veto=/usr/sbin/policy-rc.d
if [ ! -e $veto ]; then
    trap "rm -f $veto" EXIT
    printf "#!/bin/sh\nexit 101\n" >$veto
    chmod 755 $veto
fi
apt-get -q update
apt-get -q install -y --no-install-recommends "$@"'

# Made by a release build: its settings, and the folder of its programs.
readonly built=$root/.build/run.sh.built
readonly programs=("${processes[@]}" gatewayctl)
# Static, so that a host that only runs the gateway needs no toolchain, and for the lower memory.
readonly build_options=(-c release --static-swift-stdlib)

# Where the last build put the programs; `swift build` takes too long to be asked each time.
find_programs() {
    [[ -f $built ]] || fail $EX_FAILED "nothing is built yet: ./run.sh"
    { read -r _ && read -r bin; } <"$built"
}

build_is_current() {
    local how program
    [[ -f $built ]] || return 1
    { read -r how && read -r bin; } <"$built"
    # Without a toolchain there is nothing to compare with: what is built is what there is.
    [[ $how == "$(build_settings)" ]] || ! command -v swift >/dev/null || return 1
    for program in "${programs[@]}"; do [[ -x $bin/$program ]] || return 1; done
    # A folder is newer when something was taken away from it. This script is nothing to compile.
    [[ -z $(find "$root/Package.swift" "$root/Sources" -path "$parts" -prune -o -newer "$built" -print -quit) ]]
}

build_settings() { say "$(readlink -f "$(command -v swift || true)") ${build_options[*]}"; }

# Builds unless nothing changed since the last build. Of two at once, one builds and both use it.
build() {
    build_is_current && return
    command -v swift >/dev/null ||
        fail $EX_CONFIG "swift is not in PATH: install Swift 6.2 or later, https://www.swift.org/install/linux/"
    mkdir -p "$root/.build"
    exec 8>"$built.lock"
    flock 8
    build_is_current || build_anew 8>&-
    exec 8>&-
}

build_anew() {
    local began
    began=$(date +%FT%T.%N) # what changes while it builds is newer than this
    (
        cd "$root"
        # The static library's own use of mktemp is not ours to mend, and not the reader's to read.
        swift build "${build_options[@]}" 2>&1 | { grep -v "the use of .mktemp. is dangerous" || true; }
    ) || fail $EX_SOFTWARE "the build failed"
    bin=$(cd "$root" && swift build "${build_options[@]}" --show-bin-path)
    printf '%s\n' "$(build_settings)" "$bin" >"$built.new"
    touch -d "$began" "$built.new"
    mv "$built.new" "$built"
}
