# shellcheck shell=bash
# The settings: where they come from, and the mode and token rule that follow from them.
#
# Three layers, the later wins: `.env` beside run.sh (`dotenv`), what the running group was started
# with (`kept`), and the environment (`given`). Only names that begin with WHATSAPP_ or GATEWAY_ count.

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
    local name other file=$state/run/environment
    for name in "${!given[@]}"; do
        other_form "$name"
        unset "kept[$other]"
    done
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

# NAME and NAME_FILE are one setting in two forms; `other` becomes the other one's name.
other_form() {
    other=${1}_FILE
    [[ $1 != *_FILE ]] || other=${1%_FILE}
}

# Lays the layer named $1 over the settings. Either form of a setting replaces the other; an empty
# value takes the setting away.
overlay() {
    local -n layer=$1
    local name other
    for name in "${!layer[@]}"; do
        other_form "$name"
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
    fi
    settings[GATEWAY_MODE]=$mode
    settings[GATEWAY_AUTH]=$(derive_auth)
    use_made_secrets
}

# People who wrote to a live number are not to be answered by a stub because a setting got lost.
refuse_stub_after_live() {
    [[ ${settings[GATEWAY_MODE]} == stub && -e $state/has-been-live ]] || return 0
    [[ ${settings[GATEWAY_ALLOW_STUB]-} == 1 ]] ||
        fail $EX_CONFIG "WHATSAPP_ACCESS_TOKEN and WHATSAPP_PHONE_NUMBER_ID are not set, but $state has been" \
            "live: set them, or GATEWAY_ALLOW_STUB=1 to go on in stub mode"
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
