# shellcheck shell=bash
# supervisord: its configuration, its start and its end.

# Seconds that process $1 may take to end: what it gives itself to drain (Daemon/Run.swift, and
# ProviderProcess, which waits out what Graph has of it), and 5 more.
stop_seconds() {
    if [[ $1 != provider ]]; then say 20; else
        say $(($(seconds_of GATEWAY_GRAPH_CONNECT_SECONDS 10) + $(seconds_of GATEWAY_GRAPH_ANSWER_SECONDS 60) + 10))
    fi
}

# Setting $1, or $2 where it is not set or no number: its process says so and stays down.
seconds_of() {
    local value=${settings[$1]-}
    [[ $value =~ ^[0-9]{1,4}$ ]] || value=$2
    say $((10#$value))
}

# The sections for the group, for our supervisord and, with environment=…, for somebody else's.
program_sections() {
    local logs=$1 environment=${2-} name priority=0
    local command=${self//\\/\\\\}
    command=${command//\"/\\\"}
    command=\"${command//%/%%}\"
    # Stopped in the opposite order: first who takes requests in, last who stores.
    for name in inbox signer provider; do
        program_section "program:$name" "$command exec $name" $((priority += 10)) "$(stop_seconds "$name")" \
            "$logs/$name" "$environment"
    done
    # supervisord keeps the socket open as long as one of the two lives: number 1 only holds it.
    program_section "fcgi-program:ingress" "$command exec %(program_name)s_%(process_num)d" 40 \
        "$(stop_seconds ingress)" "$logs/%(program_name)s_%(process_num)d" "$environment"
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
    rm -f "$state"/run/{ingress.exit,*.started,*.starts}
    cd "$state/run"
    setsid env -i PATH="$PATH" GATEWAY_STATE_DIR="$state" \
        supervisord --nodaemon --silent -c "$state/run/supervisord.conf" </dev/null >"$state/log/supervisord.out" 2>&1 9>&- &
    supervisord=$!
    say $supervisord >"$state/run/supervisord.pid" # supervisord writes the same, but later
    cd "$root"
}

# Stops the group and waits for it; every process drains, and says in its log what it waited for.
stop_group() {
    local pid=$1 name deadline=$SECONDS
    # One after the other.
    for name in inbox signer provider ingress; do deadline=$((deadline + $(stop_seconds "$name"))); done
    kill -TERM "$pid" 2>/dev/null || true
    while is_group "$pid"; do
        ((SECONDS < deadline)) || fail $EX_SOFTWARE "supervisord (pid $pid) does not stop; see $state/log"
        poke
        sleep 0.05
    done
    rm -f "$state/run/environment" "$state/run/api-token"
}
