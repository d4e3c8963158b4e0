# shellcheck shell=bash
# Care of the data: backup, restore, rebuild, and what is known of it.

# Files of a backup, and where each lies in the state directory.
readonly -A backed_up=([inbox.db]=inbox/inbox.db [outbox.db]=provider/outbox.db [journal.db]=ingress/journal.db)
readonly media_folder=provider/media
scratch='' # removed at the end, however that comes

# One file of mode 0600, made while the gateway runs: the copies of the three stores, the media, and
# what the gateway said of them, with a sum for each. No secret is in it.
backup() {
    local file=${1-} name
    [[ $# == 1 && -n $file ]] || fail $EX_USAGE "backup wants the path of a file to make"
    [[ ! -e $file ]] || fail $EX_FAILED "$file is there already"
    [[ $file == /* ]] || file=$PWD/$file
    meet_group
    umask 077
    scratch=$state/run/backup
    rm -rf "$scratch"
    mkdir "$scratch"
    trap 'rm -rf "$scratch"' EXIT
    control backup >"$scratch/manifest.json" || fail $EX_FAILED "no backup was made"
    for name in "${!backed_up[@]}"; do
        mv -- "$state/${backed_up[$name]%/*}/backup.db" "$scratch/$name"
    done
    # Media come and go meanwhile: what is gone by then was evicted, and is no part of the backup.
    if [[ -d $state/$media_folder ]]; then
        mkdir "$scratch/media"
        find "$state/$media_folder" -maxdepth 1 -type f ! -name '*.part' -exec ln -t "$scratch/media" -- {} + 2>/dev/null || true
    fi
    (cd "$scratch" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
    tar -C "$scratch" -cf "$file.part" . || fail $EX_FAILED "$file.part could not be written; it is left as it is"
    sync "$file.part"
    mv -- "$file.part" "$file"
    say "$file: $(stat -c %s "$file") bytes, without any secret; keep WHATSAPP_ settings and $state/api-token apart"
}

# Unpacks backup $1 into folder $2 and proves every file of it.
unpack_backup() {
    [[ -r $1 ]] || fail $EX_USAGE "$1 cannot be read"
    tar -C "$2" --no-same-owner --no-same-permissions -xf "$1" || fail $EX_FAILED "$1 is no backup"
    [[ -f $2/manifest.json && -f $2/SHA256SUMS && -f $2/inbox.db ]] || fail $EX_FAILED "$1 is no backup"
    (cd "$2" && sha256sum --quiet --strict -c SHA256SUMS) || fail $EX_FAILED "$1 is damaged"
}

# Into a state directory without stores. What was not settled is held until a person lets it go.
restore() {
    local file=${1-} name
    [[ $# == 1 && -n $file ]] || fail $EX_USAGE "restore wants the path of a backup"
    [[ $file == /* ]] || file=$PWD/$file
    load_settings
    derive
    ! group_pid >/dev/null || fail $EX_FAILED "the gateway runs in $state; ./run.sh stop first"
    install_missing
    build
    prepare_state
    for name in "${!backed_up[@]}"; do
        [[ ! -e $state/${backed_up[$name]} ]] ||
            fail $EX_FAILED "$state has a ${backed_up[$name]}; move its inbox, provider and ingress folders away first"
    done
    umask 077
    scratch=$state/restore.part # on the same disk, so that files are moved, not copied
    rm -rf "$scratch"
    mkdir "$scratch"
    trap 'rm -rf "$scratch"' EXIT
    unpack_backup "$file" "$scratch"
    mkdir -p "$state/inbox" "$state/provider" "$state/ingress"
    # First, so that no process can take a restored file for one that went on.
    : >"$state/inbox/restored"
    : >"$state/provider/restored"
    [[ ! -d $scratch/media ]] || { rm -rf "${state:?}/$media_folder" && mv -- "$scratch/media" "$state/$media_folder"; }
    grep -q '"mode":"live"' "$scratch/manifest.json" && : >"$state/has-been-live"
    for name in "${!backed_up[@]}"; do mv -- "$scratch/$name" "$state/${backed_up[$name]}"; done
    sync -f "$state"
    say "restored into $state. Start with ./run.sh"
    say "what was not settled is held: ./run.sh dead-letters --cause restored shows it, ./run.sh dead-letters retry --cause restored sends it"
}

# A new inbox.db: a backup's, or an empty one, and the journals from there on. The one before stays
# beside it.
rebuild() {
    local file='' accept='' aside manifest=()
    while (($#)); do
        case $1 in
        --accept-loss) accept=yes ;;
        -*) fail $EX_USAGE "rebuild wants [BACKUP] [--accept-loss]" ;;
        *) [[ -z $file ]] || fail $EX_USAGE "rebuild wants [BACKUP] [--accept-loss]" && file=$1 ;;
        esac
        shift
    done
    [[ -z $file || $file == /* ]] || file=$PWD/$file
    meet_group
    supervisord=$(group_pid) || fail $EX_FAILED "nothing runs in $state; start with ./run.sh"
    umask 077
    scratch=$state/rebuild.part
    rm -rf "$scratch"
    mkdir "$scratch"
    trap 'rm -rf "$scratch"' EXIT
    if [[ -n $file ]]; then
        unpack_backup "$file" "$scratch"
        manifest=("$scratch/manifest.json")
    fi
    if ! control meets "${manifest[@]}"; then
        [[ -n $accept ]] || fail $EX_FAILED "nothing was changed; --accept-loss rebuilds without them"
    fi
    exec 9>"$state/run/start.lock"
    flock 9
    supervisor_control stop inbox >"$state/log/supervisorctl.out" 2>&1 || fail $EX_FAILED "inbox: $(tail -n 1 "$state/log/supervisorctl.out")"
    aside=$state/inbox/before-rebuild-$(date -u +%Y%m%dT%H%M%SZ)
    mkdir "$aside"
    mv -- "$state"/inbox/inbox.db* "$aside"
    [[ -z $file ]] || mv -- "$scratch/inbox.db" "$state/inbox/inbox.db"
    : >"$state/inbox/restored"
    sync -f "$state/inbox"
    local log_start
    log_start=$(log_length)
    supervisor_control start inbox >"$state/log/supervisorctl.out" 2>&1 || fail $EX_FAILED "inbox: $(tail -n 1 "$state/log/supervisorctl.out")"
    await_health "$log_start"
    say "inbox is rebuilt from the journals as they are shipped; ./run.sh audit shows how far. The one before is in $aside"
}

# The tool makes the folder, under a name that says so until all of it is on the disk.
export_data() {
    umask 077
    ask_tool export "$@"
}
