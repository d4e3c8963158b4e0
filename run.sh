#!/usr/bin/env bash
# Sets up, builds, runs and checks the gateway; `./run.sh help` lists the commands.
#
# The four processes run under a supervisord of their own, whose files, log and socket lie in the
# state directory. It starts each of them through `run.sh exec NAME`, which reads the settings and
# hands over those of that process alone. All that is kept lies under $GATEWAY_STATE_DIR.
# The commands stand here; what they are made of stands in Sources/Tools/RunScript.
set -euo pipefail
ulimit -c 0 # this shell knows all secrets, and a core file would have them

readonly EX_FAILED=1 EX_USAGE=64 EX_SOFTWARE=70 EX_CONFIG=78 # as in sysexits.h
readonly processes=(inbox signer provider ingress)           # in the order of their start
self=$(readlink -f -- "${BASH_SOURCE[0]}")
readonly self root=${self%/*}

say() { printf '%s\n' "$*"; }
warn() { printf 'run.sh: %s\n' "$*" >&2; }
fail() {
    local code=$1
    shift
    warn "$*"
    exit "$code"
}

declare -A settings=() dotenv=() kept=() given=() own=()
state='' host='' port='' bin='' supervisord=''

parts=$root/Sources/Tools/RunScript
# shellcheck source=Sources/Tools/RunScript/settings.sh
source "$parts/settings.sh"
# shellcheck source=Sources/Tools/RunScript/processes.sh
source "$parts/processes.sh"
# shellcheck source=Sources/Tools/RunScript/setup.sh
source "$parts/setup.sh"
# shellcheck source=Sources/Tools/RunScript/supervisor.sh
source "$parts/supervisor.sh"
# shellcheck source=Sources/Tools/RunScript/units.sh
source "$parts/units.sh"
# shellcheck source=Sources/Tools/RunScript/care.sh
source "$parts/care.sh"
# shellcheck source=Sources/Tools/RunScript/fuzz.sh
source "$parts/fuzz.sh"
# shellcheck source=Sources/Tools/RunScript/checks.sh
source "$parts/checks.sh"
# shellcheck source=Sources/Tools/RunScript/sanitizers.sh
source "$parts/sanitizers.sh"

# --- Start

start() {
    local detach=${1-}
    load_settings
    derive
    refuse_stub_after_live
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

readonly healthy_within=60 # seconds; a large journal is checkpointed before its process is ready

# Returns when the whole group is healthy; else says why and exits. $1 is where in supervisord's log
# to begin to look for a process that stays down.
await_health() {
    local waiter name
    become_control wait --seconds $healthy_within 9>&- & # in the background, so not this shell
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

# The first process that left with 78 since byte $1 of supervisord's log; not the holder, which only
# follows ingress.
stays_down() {
    [[ -f $state/log/supervisord.log ]] || return 0
    tail -c "+$(($1 + 1))" "$state/log/supervisord.log" |
        sed -n 's/.*exited: \([a-z]*\)\(_0\)\{0,1\} (exit status 78; expected).*/\1/p;T;q'
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

# --- The other commands

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
    # Never the holder beside ingress, or the address would be given up for a moment. What an ingress that
    # refused its settings left would end a new holder.
    [[ $name != ingress ]] || { target=ingress:ingress_0 && rm -f "$state/run/ingress.exit"; }
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
    local name=${1-} file files=() follow=()
    load_settings kept
    for file in "$state/log/"${name:-*}.log; do
        # ingress.log is another name of ingress_0.log.
        [[ -z $name && -L $file || ! -e $file ]] || files+=("$file")
    done
    ((${#files[@]})) || fail $EX_FAILED "no log of '$name' in $state/log; there are: ${processes[*]} supervisord"
    [[ ! -t 1 ]] || follow=(-F)
    exec tail -n 100 "${follow[@]}" -- "${files[@]}"
}

# The commands that are the tool's. `token` wants nothing to run: signer looks at the list before each request.
ask_tool() {
    meet_group
    keep_mode
    control "$@"
}

# A group of its own, in a temporary directory: no setting of anybody's decides a figure.
bench() {
    build
    find_programs
    own=([TZ]=UTC0 [SWIFT_BACKTRACE]=enable=no)
    [[ -z ${TMPDIR-} ]] || own[TMPDIR]=$TMPDIR
    if [[ ${1-} == inbox ]]; then
        shift
        become "$bin/gatewayctl" bench-inbox "$@"
    fi
    become "$bin/gatewayctl" bench "$@"
}

# Another group of its own, which is this script's: killed, stopped and restarted under traffic.
torture() {
    install_missing
    build
    find_programs
    own=([TZ]=UTC0 [SWIFT_BACKTRACE]=enable=no [PATH]=$PATH)
    [[ -z ${TMPDIR-} ]] || own[TMPDIR]=$TMPDIR
    become "$bin/gatewayctl" torture "$self" "$@"
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

help() {
    cat <<'END'
./run.sh                        install what is missing, build, start, wait until healthy; Ctrl-C stops all
./run.sh --detach               the same, but returns once healthy
./run.sh status                 what is up, what is down and why
./run.sh restart NAME           one of inbox, signer, provider, ingress, with the settings given now
./run.sh logs [NAME]            the last lines; on a terminal, follows
./run.sh why NAME               one message's whole story, by id, wamid or reference; or a contact's last ones
./run.sh sample-webhook [TEXT]  signs a message as Meta would, and posts it (stub mode)
./run.sh dead-letters …         lists what was not sent; show ID, retry ID|--cause C|--all [--dry-run], discard ID
./run.sh token …                API tokens: add NAME --scope read,send[,operate,metrics] [--expires DAYS], list, revoke NAME
./run.sh audit [--day D]        whether all that was answered for is there, with every gap by name
./run.sh erase CONTACT          erases all that is kept of a person; asks first, unless --yes is given
./run.sh backup FILE            one file of all that is kept, without secrets, while it runs
./run.sh export DIR             every conversation, message and file as JSON Lines; --contact C for one, --no-media
./run.sh restore FILE           puts a backup into an empty state directory; what was not settled is held
./run.sh rebuild [FILE]         a new inbox from a backup and the journals after it; --accept-loss if they do not meet
./run.sh stop                   drains and stops all
./run.sh test                   every check that CI runs
./run.sh test --sanitize=KIND   the tests alone, built with the thread or the address sanitizer
./run.sh bench                  measures sends and webhooks per second; --seconds N, --connections N
./run.sh torture                kills and stops processes under traffic, and counts; --minutes N, --kills N, --seed N, --only FAULT, --watch, --keep
./run.sh bench inbox            fills an inbox and measures reads; --messages N, --people N
./run.sh fuzz [TARGET …]        gives what reads strangers' bytes made-up ones; --seconds N for each target
./run.sh exec NAME              becomes one process, with its own settings (for supervisord and systemd)
./run.sh supervisor             prints the sections for an existing supervisord
./run.sh systemd                prints the units for systemd; --into DIR writes them, --user NAME runs them as that user
Settings come from the environment and from .env beside run.sh; the README lists them.
END
}

main() {
    local command=${1-}
    shift || true
    case $command in
    '') start ;;
    --detach) start detach ;;
    stop | status | logs | restart | backup | restore | rebuild | bench | fuzz | torture) "$command" "$@" ;;
    audit | why | erase | token | sample-webhook | dead-letters) ask_tool "$command" "$@" ;;
    export) export_data "$@" ;; # the plain name is the shell's own
    exec) exec_process "$@" ;;
    supervisor) print_supervisor ;;
    systemd) print_systemd "$@" ;;
    test) run_tests "$@" ;;
    help | --help | -h) help ;;
    *)
        warn "there is no command '$command'; these exist:"
        help >&2
        exit $EX_USAGE
        ;;
    esac
}

main "$@"
