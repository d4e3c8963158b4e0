# shellcheck shell=bash
# systemd: the units of the group.
#
# A unit starts its process through `run.sh exec NAME`, as supervisord does, and shuts away what that
# needs not: the process then closes its own sandbox within (SECURITY.md). ingress's address is held
# by the socket unit, so that it is there while ingress restarts.

readonly unit=whatsapp-gateway

# Prints the units as `systemctl cat` does, or writes them as files.
print_systemd() {
    local into='' user='' name file
    while (($#)); do
        case $1 in
        --into | --user)
            [[ -n ${2-} ]] || fail $EX_USAGE "systemd wants [--user NAME] [--into FOLDER]"
            if [[ $1 == --into ]]; then into=$2; else user=$2; fi
            shift 2
            ;;
        *) fail $EX_USAGE "systemd wants [--user NAME] [--into FOLDER]" ;;
        esac
    done
    [[ -z $into || -d $into ]] || fail $EX_USAGE "--into: there is no folder $into"
    load_settings
    derive
    build >&2
    state_for_user
    for name in "$root" "$state"; do
        [[ $name != *[:$'\n']* ]] || fail $EX_CONFIG "systemd's units can't name a path with ':' in it: $name"
    done
    warn_about_shell
    for file in "$unit".target "$unit"-closed.target "$unit"-ingress.socket "${processes[@]/#/$unit-}"; do
        [[ $file == *.* ]] || file+=.service
        if [[ -n $into ]]; then
            unit_text "$file" >"$into/$file.new"
            chmod 644 "$into/$file.new"
            mv -- "$into/$file.new" "$into/$file"
        else
            say "# /etc/systemd/system/$file"
            unit_text "$file"
            say
        fi
    done
    if [[ -n $into ]]; then
        say "written to $into, for user $user; then: systemctl daemon-reload && systemctl enable --now $unit.target"
    fi
}

# Who runs the services, and their state directory, which must be there and theirs.
state_for_user() {
    if [[ -d $state ]]; then
        local owner
        owner=$(stat -c %U -- "$state")
        [[ -z $user || $user == "$owner" ]] ||
            fail $EX_CONFIG "GATEWAY_STATE_DIR: $state belongs to $owner; give it to $user, or another folder"
        user=$owner
    else
        user=${user:-$(id -un)}
        id -u -- "$user" >/dev/null 2>&1 || fail $EX_USAGE "there is no user $user: useradd --system $user"
        if [[ $user != "$(id -un)" ]]; then
            install -d -m 700 -o "$user" -- "$state" ||
                fail $EX_CONFIG "GATEWAY_STATE_DIR: $state can't be made for $user; make it as root"
        else
            prepare_state
        fi
        state=$(cd -P -- "$state" && pwd)
    fi
    [[ $user != root ]] || warn "warning: the services run as root; --user NAME and a folder of that user's are safer"
}

# What this shell alone knows is not there when systemd starts something.
warn_about_shell() {
    local name names=()
    for name in "${!given[@]}"; do
        [[ $name == GATEWAY_STATE_DIR || $name == GATEWAY_LISTEN ]] || names+=("$name")
    done
    ((${#names[@]} == 0)) ||
        warn "warning: only this shell has ${names[*]}: the units read $root/.env, put them there"
}

unit_text() {
    local name=${1#"$unit-"}
    case $1 in
    "$unit.target") target_unit ;;
    "$unit-closed.target") closed_unit ;;
    *.socket) socket_unit ;;
    *) service_unit "${name%.service}" ;;
    esac
}

target_unit() {
    local services=("${processes[@]/#/$unit-}")
    cat <<END
[Unit]
Description=WhatsApp gateway
Wants=$unit-ingress.socket ${services[*]/%/.service}

[Install]
WantedBy=multi-user.target
END
}

# Callers are to be refused by an ingress that stays down, rather than kept waiting.
closed_unit() {
    cat <<END
[Unit]
Description=WhatsApp gateway: its address is closed, since ingress refuses its settings
Conflicts=$unit-ingress.socket
StopWhenUnneeded=yes
END
}

socket_unit() {
    cat <<END
[Unit]
Description=WhatsApp gateway: its address
PartOf=$unit.target

[Socket]
ListenStream=${settings[GATEWAY_LISTEN]}
Backlog=4096
END
}

service_unit() {
    local name=$1 about families='AF_UNIX' network='PrivateNetwork=yes' extra=()
    case $name in
    inbox) about="people, conversations, messages" ;;
    signer) about="the secrets" ;;
    provider)
        about="sends"
        extra=(After=network.target)
        # For its name servers and Graph.
        families='AF_UNIX AF_INET AF_INET6 AF_NETLINK' network='PrivateNetwork=no'
        ;;
    ingress)
        about="HTTP"
        # Stopped before those that it asks. Its callers come by the socket, which is of the host's
        # network: without it ingress would bind its address where nobody can reach it.
        extra=("After=$unit-signer.service $unit-provider.service"
            "Requires=$unit-ingress.socket" "OnFailure=$unit-closed.target")
        ;;
    esac
    [[ $network == *no ]] || network+=$'\nIPAddressDeny=any'
    cat <<END
[Unit]
Description=WhatsApp gateway: $about ($name)
PartOf=$unit.target
StartLimitIntervalSec=0$(lines "${extra[@]}")

[Service]
Type=notify
ExecStart=$(unit_word "${self//\$/\$\$}") exec $name
Environment=$(unit_word "GATEWAY_STATE_DIR=$state") GATEWAY_LISTEN=${settings[GATEWAY_LISTEN]}
User=$user
SyslogIdentifier=$unit-$name
StandardOutput=null
UMask=0077
# Never given up, but for wrong settings; run.sh sees to it that there is at most one start a second.
Restart=always
RestartSec=0
RestartPreventExitStatus=$EX_USAGE $EX_CONFIG
# A large journal is checkpointed before its process is ready.
TimeoutStartSec=infinity
TimeoutStopSec=$(stop_seconds "$name")
WatchdogSec=15
LimitCORE=0

ProtectSystem=strict
ReadWritePaths=$(unit_word "$state")
$(hidden_lines "$name")
PrivateTmp=yes
PrivateMounts=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateUsers=yes
PrivateIPC=yes
$network
RestrictAddressFamilies=$families
ProtectProc=invisible
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
# With what closes the process's own sandbox.
SystemCallFilter=@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp
SystemCallFilter=~@privileged @resources @keyring @memlock
SystemCallErrorNumber=EPERM
END
}

lines() { (($# == 0)) || printf '\n%s' "$@"; }

# What the others keep is out of reach, which holds where there is no Landlock too. Homes and temporary
# folders are hidden, but for the programs, the state directory and the files that the process's own
# settings name.
hidden_lines() {
    local name path paths=("$root") home=yes
    for name in inbox signer provider ingress; do
        [[ $name == "$1" ]] || say "InaccessiblePaths=$(unit_word "-$state/$name")"
    done
    own_settings "$1"
    for name in "${!own[@]}"; do
        [[ $name != *_FILE || ${own[$name]} == "$state"/* ]] || paths+=("${own[$name]}")
    done
    for path in "${paths[@]}"; do
        is_hidden "$path" && home=tmpfs && say "BindReadOnlyPaths=$(unit_word "$path")"
    done
    is_hidden "$state" && home=tmpfs && say "BindPaths=$(unit_word "$state")"
    say "ProtectHome=$home"
}

is_hidden() { [[ $1 == /home/* || $1 == /root/* || $1 == /run/user/* || $1 == /tmp/* || $1 == /var/tmp/* ]]; }

# One word of a unit, whatever is in it.
unit_word() {
    local word=${1//\\/\\\\}
    word=${word//\"/\\\"}
    say "\"${word//%/%%}\""
}
