# shellcheck shell=bash
# What a process sees, and how this shell becomes one.

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
            GATEWAY_GRAPH_CONNECT_SECONDS GATEWAY_GRAPH_ANSWER_SECONDS GATEWAY_GRAPH_CA_FILE
            GATEWAY_PACING GATEWAY_NUMBER_RATE GATEWAY_SEND_MAX_AGE_HOURS GATEWAY_SEND_MAX_ATTEMPTS
            GATEWAY_SEND_ONLY_TO GATEWAY_JOURNAL_DAYS GATEWAY_MEDIA_MB)
        ;;
    inbox) names+=(GATEWAY_KEEP_DAYS GATEWAY_JOURNAL_DAYS) ;;
    gatewayctl) names+=(GATEWAY_LISTEN) ;;
    esac
    [[ $1 == gatewayctl ]] || names+=(GATEWAY_SANDBOX)
    # UTC0 needs no zone file, and a crash is the supervisor's business, not a backtrace's.
    own=([TZ]=UTC0 [SWIFT_BACKTRACE]=enable=no)
    for name in "${names[@]}"; do
        [[ -z ${settings[$name]-} ]] || own[$name]=${settings[$name]}
    done
    [[ $1 != gatewayctl ]] || own[GATEWAY_API_TOKEN_FILE]=$(token_file)
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
control() (become_control "$@")

become_control() {
    own_settings gatewayctl
    become "$bin/gatewayctl" "$@"
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
    refuse_stub_after_live
    find_programs
    prepare_state
    mark_live
    cd "$state/run"
    # Before the pause: the holder, which is started at once, would leave by it again.
    [[ $program != ingress ]] || rm -f ingress.exit
    pace "$name"
    has_parent || exit 0 # nobody would be left to stop it
    own_settings "$program"
    # It asks the kernel for SIGTERM when this one, supervisord, dies.
    own[GATEWAY_PARENT]=$PPID
    [[ $name != ingress_1 ]] || become "$bin/gatewayctl" hold
    # How systemd hands a socket over and is told of readiness (sd_listen_fds(3), sd_notify(3)).
    for name in LISTEN_FDS LISTEN_PID NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC; do
        [[ -z ${!name-} ]] || own[$name]=${!name}
    done
    become "$bin/$program"
}

# Whether the supervisord that started this shell still lives; else the parent is another by now.
has_parent() {
    local status rest
    read -r status </proc/self/stat
    read -r _ rest _ <<<"${status##*) }"
    ((rest == PPID))
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
