#!/usr/bin/env bash
# Sets up, builds, runs and checks the gateway; `./run.sh help` lists the commands.
#
# The four processes run under a supervisord of their own, whose files, log and socket lie in the
# state directory. It starts each of them through `run.sh exec NAME`, which reads the settings and
# hands over those of that process alone. All that is kept lies under $GATEWAY_STATE_DIR.
set -euo pipefail

readonly EX_FAILED=1 EX_USAGE=64 EX_SOFTWARE=70 EX_CONFIG=78 # as in sysexits.h
readonly processes=(inbox signer provider ingress)           # in the order of their start
readonly programs=("${processes[@]}" gatewayctl)
# Static, so that a host that only runs the gateway needs no toolchain, and for the lower memory.
readonly build_options=(-c release --static-swift-stdlib)
readonly healthy_within=60 # seconds; a large journal is checkpointed before its process is ready
readonly stopped_within=130 # seconds; the four are stopped one after the other (see stopwaitsecs)

self=$(readlink -f -- "${BASH_SOURCE[0]}")
readonly self root=${self%/*}
readonly built=$root/.build/run.sh.built # made by a release build; see `build`

say() { printf '%s\n' "$*"; }
warn() { printf 'run.sh: %s\n' "$*" >&2; }
fail() {
    local code=$1
    shift
    warn "$*"
    exit "$code"
}

# --- Settings (README, "Settings") ---------------------------------------------------------------
# Three layers, the later wins: `.env` beside this file, what the running group was started with,
# and the environment. Only names that begin with WHATSAPP_ or GATEWAY_ count.

declare -A settings=() dotenv=() kept=() given=() own=()
state='' host='' port='' bin=''

# Reads `.env` as text. It is never sourced: a value may hold any character and nothing is run.
read_dotenv() {
    local line name value number=0
    [[ -f $root/.env ]] || return 0
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        line=${line%$'\r'}
        [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
        # A line may hold a secret, so that only its number is said.
        [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=[[:space:]]*(.*)$ ]] ||
            fail $EX_CONFIG ".env: line $number is not NAME=VALUE"
        name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
        [[ $name == WHATSAPP_* || $name == GATEWAY_* ]] || continue
        if [[ $value =~ ^\"([^\"]*)\"[[:space:]]*(#.*)?$ || $value =~ ^\'([^\']*)\'[[:space:]]*(#.*)?$ ]]; then
            value=${BASH_REMATCH[1]}
        elif [[ $value == [\"\']* ]]; then
            fail $EX_CONFIG ".env: line $number: the quote around $name is not closed"
        else
            [[ $value == '#'* ]] && value=''
            value=${value%%[[:space:]]#*}
            value=${value%"${value##*[![:space:]]}"}
        fi
        dotenv[$name]=$value
    done <"$root/.env"
}

read_environment() {
    local name
    for name in "${!WHATSAPP_@}" "${!GATEWAY_@}"; do given[$name]=${!name}; done
}

# What the group was started with: NAME=VALUE, each ended by a NUL, since a value may hold newlines.
read_kept() {
    local entry
    [[ -f $state/run/environment ]] || return 0
    while IFS= read -rd '' entry; do kept[${entry%%=*}]=${entry#*=}; done <"$state/run/environment"
}

write_kept() {
    local name file=$state/run/environment
    for name in "${!given[@]}"; do kept[$name]=${given[$name]}; done
    # These hold for the whole group until its next start: its processes must agree on them.
    for name in GATEWAY_LISTEN GATEWAY_MODE GATEWAY_AUTH; do kept[$name]=${settings[$name]}; done
    for name in "${!kept[@]}"; do printf '%s=%s\0' "$name" "${kept[$name]}"; done >"$file.new"
    mv -- "$file.new" "$file"
}

# Makes the relative paths of a layer (its name is $1) absolute: they are meant from folder $2.
anchor_paths() {
    local -n anchored=$1
    local name
    for name in "${!anchored[@]}"; do
        [[ $name == *_FILE || $name == GATEWAY_STATE_DIR ]] || continue
        # shellcheck disable=SC2004 # the layer is no indexed array
        [[ -z ${anchored[$name]} || ${anchored[$name]} == /* ]] || anchored[$name]=$2/${anchored[$name]}
    done
}

# Lays the layer named $1 over the settings. NAME and NAME_FILE are one setting in two forms, so
# each replaces the other; an empty value takes the setting away.
overlay() {
    local -n layer=$1
    local name other
    for name in "${!layer[@]}"; do
        other=${name}_FILE
        [[ $name == *_FILE ]] && other=${name%_FILE}
        if [[ -n ${layer[$name]} && -n ${layer[$other]-} ]]; then
            fail $EX_CONFIG "${name%_FILE} and ${name%_FILE}_FILE are both set: give one of them"
        fi
        [[ -n ${layer[$other]-} ]] || unset "settings[$other]"
        unset "settings[$name]"
        [[ -z ${layer[$name]} ]] || settings[$name]=${layer[$name]}
    done
}

# Fills `settings`; with "kept" the running group's own count too, as for everything but a start.
load_settings() {
    read_dotenv
    read_environment
    anchor_paths dotenv "$root"
    anchor_paths given "$PWD"
    state=${given[GATEWAY_STATE_DIR]:-${dotenv[GATEWAY_STATE_DIR]:-$root/var}}
    # The same folder under two names must be one state directory.
    [[ -d $state ]] && state=$(cd -P -- "$state" && pwd)
    [[ ${1-} == kept ]] && read_kept
    overlay dotenv
    overlay kept
    overlay given
    [[ -v kept[GATEWAY_LISTEN] ]] && settings[GATEWAY_LISTEN]=${kept[GATEWAY_LISTEN]}
    settings[GATEWAY_STATE_DIR]=$state
    read_listen
}

read_listen() {
    local listen=${settings[GATEWAY_LISTEN]:-127.0.0.1:8080} octet
    local wanted="wants an IPv4 address or a host name, and a port from 1 to 65535, as in 127.0.0.1:8080"
    [[ $listen =~ ^([A-Za-z0-9.-]+):([0-9]{1,5})$ ]] || fail $EX_CONFIG "GATEWAY_LISTEN $wanted"
    host=${BASH_REMATCH[1]} port=$((10#${BASH_REMATCH[2]}))
    ((port >= 1 && port <= 65535)) || fail $EX_CONFIG "GATEWAY_LISTEN $wanted"
    [[ $host == localhost ]] && host=127.0.0.1
    if [[ $host =~ ^[0-9.]+$ ]]; then
        [[ $host =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}$ ]] || fail $EX_CONFIG "GATEWAY_LISTEN $wanted"
        for octet in ${host//./ }; do
            ((10#$octet <= 255)) || fail $EX_CONFIG "GATEWAY_LISTEN $wanted"
        done
    fi
    settings[GATEWAY_LISTEN]=$host:$port
}

present() { [[ -n ${settings[$1]-}${settings[$1_FILE]-} ]]; }

# Sets GATEWAY_MODE and GATEWAY_AUTH from the other settings; nobody sets them by hand.
derive() {
    local token=WHATSAPP_ACCESS_TOKEN number=WHATSAPP_PHONE_NUMBER_ID mode=stub
    if present $token && present $number; then
        mode=live
        check_live
    elif present $token; then
        fail $EX_CONFIG "$token is set without $number: set both to go live, or neither for stub mode"
    elif present $number; then
        fail $EX_CONFIG "$number is set without $token: set both to go live, or neither for stub mode"
    elif [[ -e $state/has-been-live && ${settings[GATEWAY_ALLOW_STUB]-} != 1 && ! -v kept[GATEWAY_MODE] ]]; then
        fail $EX_CONFIG "$token and $number are not set, but $state has been live: set them, or" \
            "GATEWAY_ALLOW_STUB=1 if its people are to be answered by a stub"
    fi
    settings[GATEWAY_MODE]=$mode
    settings[GATEWAY_AUTH]=$(derive_auth)
    use_made_secrets
}

check_live() {
    local name
    for name in WHATSAPP_APP_SECRET WHATSAPP_VERIFY_TOKEN; do
        present $name || fail $EX_CONFIG "$name is not set; live mode wants it"
        [[ $(value_of $name) != "$(made_secret $name)" ]] ||
            fail $EX_CONFIG "$name is the one made for stub mode; live mode wants the app's own"
    done
}

# The value of a setting, by itself or from its file; nothing when the file can't be read.
value_of() {
    local file=${settings[$1_FILE]-}
    if [[ -z $file ]]; then printf '%s' "${settings[$1]-}"; else cat -- "$file" 2>/dev/null || true; fi
}

# The secret of stub mode; a blank, which is no secret of anybody's, when none was made.
made_secret() {
    cat -- "$(made_file "$1")" 2>/dev/null || printf ' '
}

made_file() {
    case $1 in
    WHATSAPP_APP_SECRET) say "$state/secrets/app-secret" ;;
    WHATSAPP_VERIFY_TOKEN) say "$state/secrets/verify-token" ;;
    GATEWAY_API_TOKEN) say "$state/api-token" ;;
    esac
}

# No token is wanted only where nothing of Meta's is set and nobody but this host can connect.
derive_auth() {
    local name
    for name in "${!settings[@]}"; do
        [[ $name != WHATSAPP_* && $name != GATEWAY_API_TOKEN* ]] || {
            say token
            return
        }
    done
    if [[ $host == 127.* ]]; then say open; else say token; fi
}

use_made_secrets() {
    local name wanted=(GATEWAY_API_TOKEN)
    [[ ${settings[GATEWAY_MODE]} == live ]] || wanted+=(WHATSAPP_APP_SECRET WHATSAPP_VERIFY_TOKEN)
    for name in "${wanted[@]}"; do
        present "$name" || settings[${name}_FILE]=$(made_file "$name")
    done
}

# The group goes on as it was started, whatever `.env` says by now.
keep_mode() {
    local name
    for name in GATEWAY_MODE GATEWAY_AUTH; do
        [[ -v kept[$name] && ${kept[$name]} != "${settings[$name]}" ]] || continue
        warn "warning: the settings now say $name=${settings[$name]}, the group was started with" \
            "${kept[$name]}: ./run.sh stop, then ./run.sh"
        settings[$name]=${kept[$name]}
    done
}

# --- What a process sees --------------------------------------------------------------------------

# Fills `own` with the variables of process $1: its own, and what all have.
own_settings() {
    local name names=(GATEWAY_STATE_DIR GATEWAY_MODE GATEWAY_AUTH)
    case $1 in
    ingress) names+=(GATEWAY_LISTEN GATEWAY_HOSTS GATEWAY_JOURNAL_DAYS) ;;
    signer)
        for name in WHATSAPP_APP_SECRET WHATSAPP_VERIFY_TOKEN GATEWAY_API_TOKEN; do
            names+=("$name" "${name}_FILE" "${name}_PREVIOUS" "${name}_PREVIOUS_FILE")
        done
        ;;
    provider)
        names+=(WHATSAPP_ACCESS_TOKEN WHATSAPP_ACCESS_TOKEN_FILE WHATSAPP_PHONE_NUMBER_ID
            WHATSAPP_BUSINESS_ACCOUNT_ID WHATSAPP_API_VERSION WHATSAPP_GRAPH_URL
            GATEWAY_PACING GATEWAY_JOURNAL_DAYS)
        ;;
    inbox) names+=(GATEWAY_KEEP_DAYS) ;;
    gatewayctl) names+=(GATEWAY_LISTEN GATEWAY_API_TOKEN_FILE) ;;
    esac
    # UTC0 needs no zone file, and a crash is the supervisor's business, not a backtrace's.
    own=([TZ]=UTC0 [SWIFT_BACKTRACE]=enable=no)
    for name in "${names[@]}"; do
        [[ -z ${settings[$name]-} ]] || own[$name]=${settings[$name]}
    done
}

# Becomes the program $1, which sees the variables in `own` and no other. The values are exported
# rather than given to `env -i`: everybody on the machine can read an argument list.
become() {
    local entry name drop=(-u _ -u PWD -u OLDPWD -u SHLVL)
    while IFS= read -rd '' entry; do
        name=${entry%%=*}
        [[ -z $name || -v own[$name] ]] || drop+=(-u "$name")
    done </proc/self/environ
    for name in "${!own[@]}"; do export "$name=${own[$name]}"; done
    exec env "${drop[@]}" "$@"
}

# Runs the tool; it is given the path of the API token, never the token.
control() {
    (
        own_settings gatewayctl
        become "$bin/gatewayctl" "$@"
    )
}

# A token given as a value gets a file for the tool; `stop` removes it.
write_token_file() {
    [[ -n ${settings[GATEWAY_API_TOKEN]-} ]] || return 0
    printf '%s' "${settings[GATEWAY_API_TOKEN]}" >"$state/run/api-token"
}

token_file() { say "${settings[GATEWAY_API_TOKEN_FILE]:-$state/run/api-token}"; }

warn_about_names() (
    for name in "${!settings[@]}"; do own[$name]="set"; done # the names are enough
    become "$bin/gatewayctl" warn-names
)

# `run.sh exec NAME`: what supervisord and systemd start; this shell becomes the process.
exec_process() {
    local name=${1-} program=${1-}
    case $name in
    ingress | ingress_0) program=ingress ;;
    ingress_1) program=gatewayctl ;; # holds the listening socket while ingress is away
    inbox | signer | provider) ;;
    *) fail $EX_USAGE "exec wants one of: ${processes[*]} ingress_0 ingress_1" ;;
    esac
    # The holder must not keep callers waiting for an ingress that stays down.
    [[ $program != ingress ]] || trap 'leave_exit_code $?' EXIT
    load_settings kept
    derive
    keep_mode
    find_programs
    prepare_state
    mark_live
    cd "$state/run"
    pace "$name"
    [[ $program != ingress ]] || rm -f ingress.exit
    # Who lost its supervisord while it waited would have nobody left to stop it.
    [[ -d /proc/$PPID ]] || exit 0
    own_settings "$program"
    if [[ $name == ingress_1 ]]; then
        become "$bin/gatewayctl" hold
    else
        become "$bin/$program"
    fi
}

leave_exit_code() {
    [[ $1 != "$EX_CONFIG" || ! -d $state/run ]] || printf '%s\n' "$1" >"$state/run/ingress.exit"
}

# At most one start a second: with startsecs=0 supervisord itself knows no pause.
pace() {
    local file=$1.started now last=0 wait
    read -r now _ </proc/uptime
    now=$((10#${now/./})) # in hundredths of a second
    [[ ! -f $file ]] || read -r last <"$file" || last=0
    [[ $last =~ ^[0-9]{1,15}$ ]] || last=0
    wait=$((100 - (now - last)))
    ((wait > 0 && wait <= 100)) || wait=0 # a number from before the last boot says nothing
    printf '%s\n' $((now + wait)) >"$file"
    ((wait == 0)) || sleep "$((wait / 100)).$(printf '%02d' $((wait % 100)))"
}

# --- The state directory --------------------------------------------------------------------------

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

# --- Set-up and build -----------------------------------------------------------------------------

missing_packages() {
    local package library
    for package in supervisor:supervisord curl:curl pkgconf:pkg-config; do
        command -v "${package#*:}" >/dev/null || say "${package%:*}"
    done
    command -v dpkg-query >/dev/null || return 0
    # Package.swift names the Debian package of each system library.
    sed -n 's/^ *system("[A-Za-z0-9]*",.* "\([a-z0-9.-]*\)"),$/\1/p' "$root/Package.swift" |
        while read -r library; do
            [[ $(dpkg-query -W -f '${db:Status-Status}' "$library" 2>/dev/null) == installed ]] || say "$library"
        done
}

install_missing() {
    local packages sudo=()
    mapfile -t packages < <(missing_packages)
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
    # A folder is newer when something was taken away from it.
    [[ -z $(find "$root/Package.swift" "$root/Sources" -newer "$built" -print -quit) ]]
}

build_settings() { say "$(readlink -f "$(command -v swift || true)") ${build_options[*]}"; }

build() {
    build_is_current && return
    command -v swift >/dev/null ||
        fail $EX_CONFIG "swift is not in PATH: install Swift 6.2 or later, https://www.swift.org/install/linux/"
    mkdir -p "$root/.build"
    build_settings >"$built.new" # before the build: what changes meanwhile is newer
    (
        cd "$root"
        swift build "${build_options[@]}"
    ) || fail $EX_SOFTWARE "the build failed"
    bin=$(cd "$root" && swift build "${build_options[@]}" --show-bin-path)
    local started
    started=$(date -r "$built.new" +%FT%T.%N)
    say "$bin" >>"$built.new"
    touch -d "$started" "$built.new"
    mv "$built.new" "$built"
}

# --- supervisord ----------------------------------------------------------------------------------

# The sections for the group, for our supervisord and, with environment=…, for somebody else's.
program_sections() {
    local logs=$1 environment=${2-} name
    local command=${self//\\/\\\\}
    command=${command//\"/\\\"}
    command=\"${command//%/%%}\"
    # Stopped in the opposite order: first who takes requests in, last who stores. `stopwaitsecs`
    # is what the process may need to drain, and 10 s; provider waits out an answer of Graph's (60 s).
    program_section "program:inbox" "$command exec inbox" 10 20 "$logs/inbox" "$environment"
    program_section "program:signer" "$command exec signer" 20 15 "$logs/signer" "$environment"
    program_section "program:provider" "$command exec provider" 30 70 "$logs/provider" "$environment"
    # supervisord keeps the socket open as long as one of the two lives: number 1 only holds it.
    program_section "fcgi-program:ingress" "$command exec %(program_name)s_%(process_num)d" 40 25 \
        "$logs/%(program_name)s_%(process_num)d" "$environment"
    cat <<END
socket=tcp://${settings[GATEWAY_LISTEN]}
socket_backlog=4096
numprocs=2
process_name=%(program_name)s_%(process_num)d
END
}

# RUNNING says nothing with startsecs=0, but any other value starts a process again that left with 78.
program_section() {
    cat <<END

[$1]
command=$2
priority=$3
stopwaitsecs=$4
stderr_logfile=$5.log
${6-}
stderr_logfile_maxbytes=10MB
stderr_logfile_backups=3
stdout_logfile=NONE
autorestart=unexpected
exitcodes=0,78
startsecs=0
startretries=1000000
stopsignal=TERM
killasgroup=true
END
}

# A Unix path holds 107 bytes and supervisord makes paths absolute: it, and who asks it, go through
# their working directory, which is run/.
write_configuration() {
    local user=''
    [[ $(id -u) != 0 ]] || user=user=root
    cat >"$state/run/supervisord.conf" <<END
; Written anew at each start by run.sh.
[supervisord]
logfile=../log/supervisord.log
logfile_maxbytes=10MB
logfile_backups=3
pidfile=supervisord.pid
umask=077
$user

[unix_http_server]
file=/proc/self/cwd/supervisor.sock
chmod=0700

[supervisorctl]
serverurl=unix:///proc/self/cwd/supervisor.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
$(program_sections ../log)
END
    ln -sfn ingress_0.log "$state/log/ingress.log"
}

# The pid of our supervisord, when it runs; a pid file alone may be that of a killed one.
group_pid() {
    local pid
    { read -r pid <"$state/run/supervisord.pid"; } 2>/dev/null || return 1
    [[ $pid =~ ^[0-9]+$ ]] && is_group "$pid" && say "$pid"
}

# Whether process $1 lives and is our supervisord, by its arguments (those of a zombie are empty).
is_group() {
    { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -- "$state/run/supervisord.conf"
}

# Asks supervisord for nothing: it looks after its processes when it is spoken to, else once a second.
poke() { (cd "$state/run" && curl -s -m 2 -o /dev/null --unix-socket supervisor.sock http://localhost/poke) || true; }

supervisor_control() (
    cd "$state/run"
    exec supervisorctl -c supervisord.conf "$@" 9>&-
)

launch() {
    rm -f "$state"/run/{ingress.exit,*.started}
    cd "$state/run"
    setsid env -i PATH="$PATH" GATEWAY_STATE_DIR="$state" \
        supervisord --nodaemon --silent -c "$state/run/supervisord.conf" </dev/null >"$state/log/supervisord.out" 2>&1 9>&- &
    supervisord=$!
    say $supervisord >"$state/run/supervisord.pid" # supervisord writes the same, but later
    cd "$root"
}

# Stops the group and waits for it; every process drains, and says in its log what it waited for.
stop_group() {
    local pid=$1 deadline=$((SECONDS + stopped_within))
    kill -TERM "$pid" 2>/dev/null || true
    while is_group "$pid"; do
        ((SECONDS < deadline)) || fail $EX_SOFTWARE "supervisord (pid $pid) does not stop; see $state/log"
        poke
        sleep 0.05
    done
    rm -f "$state/run/environment" "$state/run/api-token"
}

# --- Start ----------------------------------------------------------------------------------------

start() {
    local detach=${1-}
    load_settings
    derive
    leave_if_running
    install_missing
    build
    warn_about_names
    prepare_state
    exec 9>"$state/run/start.lock"
    flock -n 9 || { say "another start of $state is under way; waiting for it" && flock 9; }
    leave_if_running
    check "${processes[@]}"
    check_listen
    mark_live
    write_kept
    write_configuration
    local log_start
    log_start=$(log_length)
    launch
    trap end_start EXIT
    trap 'exit 0' INT TERM HUP
    await_health "$log_start"
    exec 9>&- # the next start may look
    announce
    if [[ -n $detach ]]; then
        trap - EXIT
        return
    fi
    say "Ctrl-C stops all."
    { wait "$supervisord" || true; } 2>/dev/null # bash would tell how it was killed
    stopped_by_others
}

# Whatever ends a start, but for --detach, ends the group with it.
end_start() {
    trap '' INT TERM HUP
    is_group "$supervisord" || return 0
    say "stopping"
    stop_group "$supervisord"
}

# `./run.sh stop` ends a start in the foreground well; whatever else does ends it badly.
stopped_by_others() {
    [[ -e $state/run/environment ]] || exit 0
    sleep 1 # `stop` is about to remove it
    [[ -e $state/run/environment ]] || exit 0
    fail $EX_SOFTWARE "supervisord ended; its processes end with it. See $state/log/supervisord.log"
}

leave_if_running() {
    local pid
    pid=$(group_pid) || return 0
    say "already running in $state (supervisord pid $pid); ./run.sh status, restart NAME, stop"
    exit 0
}

# Lets the processes named judge their settings; each says in one line what is wrong.
check() {
    local name code worst=0
    for name in "$@"; do
        code=0
        (
            own_settings "$name"
            become "$bin/$name" --check
        ) </dev/null || code=$?
        case $code in
        0 | "$EX_CONFIG") ;;
        *) warn "$name --check ended with $code" && code=$EX_SOFTWARE ;;
        esac
        ((code <= worst)) || worst=$code
    done
    ((worst == 0)) || exit "$worst"
}

# supervisord dies of an address that it can't bind, so that it is tried before. The processes of a
# supervisord that was killed may need a while to give the address back.
check_listen() {
    local reason until=$SECONDS python=/usr/bin/python3
    [[ -x $python ]] || return 0
    [[ ! -e $state/run/supervisord.pid ]] || until=$((SECONDS + 25))
    until reason=$($python -IS -c "$bind_script" "$host" "$port" 2>&1); do
        ((SECONDS < until)) || fail $EX_CONFIG "GATEWAY_LISTEN: $host:$port: $reason"
        sleep 0.2
    done
}

readonly bind_script='
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind((sys.argv[1], int(sys.argv[2])))
    s.listen()
except OSError as error:
    sys.exit(error.strerror)'

# Returns when the whole group is healthy; else says why and exits. $1 is where in supervisord's log
# to begin to look for a process that stays down.
await_health() {
    local waiter name
    control wait --seconds $healthy_within 9>&- &
    waiter=$!
    while kill -0 "$waiter" 2>/dev/null; do
        poke
        name=$(stays_down "$1")
        if [[ -n $name ]]; then
            kill "$waiter" 2>/dev/null || true
            fail $EX_CONFIG "$name refuses its settings: $(last_words "$name")"
        fi
        [[ -d /proc/$supervisord ]] || break
        sleep 0.05
    done
    if [[ ! -d /proc/$supervisord ]]; then
        kill "$waiter" 2>/dev/null || true
        tail -n 3 "$state/log/supervisord.out" >&2
        fail $EX_SOFTWARE "supervisord ended; see $state/log/supervisord.log"
    fi
    wait "$waiter" && return
    fail $EX_SOFTWARE "not healthy after $healthy_within s; see $state/log"
}

log_length() { stat -c %s "$state/log/supervisord.log" 2>/dev/null || say 0; }

# The first process that left with 78 since byte $1 of supervisord's log.
stays_down() {
    [[ -f $state/log/supervisord.log ]] || return 0
    tail -c "+$(($1 + 1))" "$state/log/supervisord.log" |
        sed -n 's/.*exited: \([a-z]*\)[_0-9]* (exit status 78; expected).*/\1/p;T;q'
}

# The reason that process $1 gave last.
last_words() {
    local line
    line=$(tail -n 50 "$state/log/$1.log" 2>/dev/null | grep 'fatal: \|run.sh: ' | tail -n 1) || line="see $state/log/$1.log"
    say "$line"
}

announce() {
    local url=http://${settings[GATEWAY_LISTEN]/#0.0.0.0:/127.0.0.1:} file
    file=$(token_file)
    say "up: $url, ${settings[GATEWAY_MODE]} mode, state in $state"
    if [[ ${settings[GATEWAY_AUTH]} == open ]]; then
        say "token: none wanted while this host alone can connect and no WHATSAPP_ variable is set ($file)"
    elif [[ -t 1 ]]; then
        say "token: $(cat -- "$file") ($file)"
    else
        say "token: in $file"
    fi
}

# --- The other commands ---------------------------------------------------------------------------

# Settings and programs, as every command wants them that speaks to the group.
meet_group() {
    load_settings kept
    derive
    find_programs
}

stop() {
    load_settings kept
    local pid
    pid=$(group_pid) || {
        say "nothing runs in $state"
        return 0
    }
    stop_group "$pid"
    say "stopped"
}

status() {
    local code=0 pid name
    meet_group
    keep_mode
    control status || code=$?
    pid=$(group_pid) || {
        ((code == 0)) || say "supervisord does not run in $state; start with ./run.sh"
        return "$code" # healthy under somebody else's supervisord
    }
    # `fatal:` in the log says why a process stays down, which nobody who only asks it can know.
    for name in $(supervisor_control status | sed -n 's/^.*\(inbox\|signer\|provider\|ingress\)[_0-9]* *EXITED.*/\1/p' | uniq); do
        say "$name stays down: $(last_words "$name")"
        code=$EX_FAILED
    done
    return "$code"
}

restart() {
    local name=${1-} target=${1-} log_start
    [[ " ${processes[*]} " == *" $name "* && -n $name ]] || fail $EX_USAGE "restart wants one of: ${processes[*]}"
    meet_group
    supervisord=$(group_pid) || fail $EX_FAILED "nothing runs in $state; start with ./run.sh"
    exec 9>"$state/run/start.lock"
    flock 9
    refuse_change_of_group
    prepare_state
    check "$name" # the running one stays when its new settings are wrong
    write_kept
    log_start=$(log_length)
    # Never the holder beside ingress, or the address would be given up for a moment.
    [[ $name != ingress ]] || target=ingress:ingress_0
    supervisor_control restart "$target" >"$state/log/supervisorctl.out" 2>&1 ||
        fail $EX_FAILED "$name: $(tail -n 1 "$state/log/supervisorctl.out")"
    # It left too when ingress refused its settings; a holder that runs is not touched by this.
    [[ $name != ingress ]] || supervisor_control start ingress:ingress_1 >/dev/null 2>&1 || true
    await_health "$log_start"
    say "$name restarted"
}

# Mode, token rule and address are the whole group's.
refuse_change_of_group() {
    local name now=${given[GATEWAY_LISTEN]:-${kept[GATEWAY_LISTEN]}}
    [[ ${now/#localhost:/127.0.0.1:} == "${kept[GATEWAY_LISTEN]}" ]] ||
        fail $EX_CONFIG "GATEWAY_LISTEN changes with the whole group: ./run.sh stop, then ./run.sh"
    for name in GATEWAY_MODE GATEWAY_AUTH; do
        [[ ${settings[$name]} == "${kept[$name]}" ]] || fail $EX_CONFIG \
            "these settings change $name from ${kept[$name]} to ${settings[$name]}: ./run.sh stop, then ./run.sh"
    done
}

# Follows on a terminal, else prints and ends.
logs() {
    local name=${1-} files follow=()
    load_settings kept
    if [[ -n $name ]]; then files=("$state/log/$name.log"); else files=("$state"/log/*.log); fi
    [[ -e ${files[0]} ]] || fail $EX_FAILED "no ${files[0]}; there are logs of: ${processes[*]} supervisord"
    [[ ! -t 1 ]] || follow=(-F)
    exec tail -n 100 "${follow[@]}" -- "${files[@]}"
}

sample_webhook() {
    meet_group
    keep_mode
    control sample-webhook "$@"
}

# An existing supervisord wants the log folder and the programs to be there.
print_supervisor() {
    load_settings
    derive
    build >&2
    prepare_state
    local folder=${state//%/%%}
    cat <<END
; The gateway, for an existing supervisord; never beside ./run.sh on the same state directory.
$(program_sections "$folder/log" "environment=GATEWAY_STATE_DIR=\"$folder\",GATEWAY_LISTEN=\"${settings[GATEWAY_LISTEN]}\"")
END
}

# --- Checks ---------------------------------------------------------------------------------------

step() {
    say "== $*"
    "$@" </dev/null || fail $EX_FAILED "failed: $*"
}

# Integration tests drive the debug executables beside the test bundle and this script the release
# ones; both are built before the tests, which may not build under the lock of `swift test`.
run_checks() {
    local name
    # Nobody's settings may decide a test.
    for name in "${!WHATSAPP_@}" "${!GATEWAY_@}"; do unset "$name"; done
    cd "$root"
    install_missing
    step swift format lint --strict -r -p Package.swift Sources Tests
    step .ci/imports
    step swift build --build-tests
    step build
    step swift test --skip-build --disable-xctest
    step signer_links_little
    say "all checks passed"
}

# Signer holds the secrets: it has no use for TLS or a database.
signer_links_little() {
    ! ldd "$bin/signer" | grep -E 'libssl|libsqlite3'
}

help() {
    cat <<'END'
./run.sh                        install what is missing, build, start, wait until healthy; Ctrl-C stops all
./run.sh --detach               the same, but returns once healthy
./run.sh status                 what is up, what is down and why
./run.sh restart NAME           one of inbox, signer, provider, ingress, with the settings given now
./run.sh logs [NAME]            the last lines; on a terminal, follows
./run.sh sample-webhook [TEXT]  signs a message as Meta would, and posts it (stub mode)
./run.sh stop                   drains and stops all
./run.sh test                   every check that CI runs
./run.sh exec NAME              becomes one process, with its own settings (for supervisord and systemd)
./run.sh supervisor             prints the sections for an existing supervisord
Settings come from the environment and from .env beside run.sh; the README lists them.
END
}

main() {
    local command=${1-}
    shift || true
    case $command in
    '') start ;;
    --detach) start detach ;;
    stop | status | logs | restart) "$command" "$@" ;;
    exec) exec_process "$@" ;;
    sample-webhook) sample_webhook "$@" ;;
    supervisor) print_supervisor ;;
    test) run_checks ;;
    help | --help | -h) help ;;
    *)
        warn "there is no command '$command'; these exist:"
        help >&2
        exit $EX_USAGE
        ;;
    esac
}

main "$@"
