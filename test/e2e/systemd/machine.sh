#!/bin/bash
# A Debian with a real systemd as PID 1, in a container, for the end-to-end tests. Needs root, debootstrap and systemd-container.
#   machine.sh build                 makes the root file system (once, about a minute; kept in the user's cache)
#   machine.sh boot DIR [ARGS...]    boots it on a throw-away overlay; DIR keeps what belongs to this machine; ARGS go to systemd-nspawn
#   machine.sh sh DIR COMMAND        runs a shell command inside, as root, with this script's stdin
#   machine.sh down DIR              powers it off
# The machine shares the host's network, so that a server of the test on 127.0.0.1 can be reached from inside.
set -eu

suite=${PSSTOP_E2E_SUITE:-bookworm}
# libpam-systemd: debootstrap does not know by itself what provides the logind that polkitd wants.
packages=systemd,systemd-sysv,dbus,procps,libstdc++6,libpam-systemd,polkitd
cache=${XDG_CACHE_HOME:-$HOME/.cache}/psstop-e2e
# Another list of packages is another root file system.
root=$cache/$suite-$(echo "$packages" | cksum | cut -d' ' -f1)
node=${NODE:-$(readlink -f "$(command -v node)")}

fail() {
  echo "machine.sh: $*" >&2
  exit 1
}

# The mirror that this host's own apt uses, so that nothing but it must be reachable.
mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" 2>/dev/null | head -1
}

build() {
  [ ! -x "$root/lib/systemd/systemd" ] || return 0
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [ ! -x "$root/lib/systemd/systemd" ] || return 0
  rm -rf "$root.new"
  # shellcheck disable=SC2046  # no mirror found: the default one
  debootstrap --variant=minbase --include="$packages" "$suite" "$root.new" $(mirror) >"$cache/build.log" 2>&1 ||
    fail "debootstrap failed: $(tail -3 "$cache/build.log")"
  # Nothing in the tests needs them, and they reach for the network.
  for unit in apt-daily.timer apt-daily-upgrade.timer systemd-timesyncd.service systemd-networkd.service; do
    ln -sfn /dev/null "$root.new/etc/systemd/system/$unit"
  done
  : >"$root.new/etc/machine-id"
  touch "$root.new/usr/bin/node"
  mv "$root.new" "$root"
}

# PID 1 of the machine is the only child of its systemd-nspawn that is called systemd (init until it has execed).
leader() {
  local nspawn child
  nspawn=$(cat "$1/nspawn.pid" 2>/dev/null) || return 1
  for child in $(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null); do
    [ "$(cat "/proc/$child/comm" 2>/dev/null)" != systemd ] || { echo "$child" && return; }
  done
  return 1
}

inside() {
  local pid
  pid=$(leader "$1") || fail "no machine runs in $1"
  shift
  nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd -- \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 SYSTEMD_PAGER= "$@"
}

boot() {
  local dir=$1 state=
  shift
  build
  mkdir -p "$dir"
  # setsid: a Ctrl-C meant for the tests must not take the machine with it before `down`.
  setsid systemd-nspawn --directory="$root" --volatile=overlay --boot --machine="psstop-$$" --register=no --keep-unit \
    --console=read-only --capability=all --bind-ro="$node:/usr/bin/node" "$@" systemd.show_status=0 \
    </dev/null >"$dir/console.log" 2>&1 9>&- &
  echo $! >"$dir/nspawn.pid"
  for _ in $(seq 600); do
    kill -0 "$(cat "$dir/nspawn.pid")" 2>/dev/null || fail "systemd-nspawn ended: $(tail -5 "$dir/console.log")"
    state=$(leader "$dir" >/dev/null && inside "$dir" systemctl is-system-running 2>/dev/null || true)
    case $state in running | degraded) return 0 ;; esac
    sleep 0.1
  done
  down "$dir"
  fail "the machine did not come up ($state): $(tail -5 "$dir/console.log")"
}

down() {
  local nspawn pid
  nspawn=$(cat "$1/nspawn.pid" 2>/dev/null) || return 0
  # SIGRTMIN+4 asks systemd to power off.
  if pid=$(leader "$1"); then kill -s RTMIN+4 "$pid" || true; fi
  for _ in $(seq 100); do
    kill -0 "$nspawn" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$nspawn" 2>/dev/null || true
  rm -f "$1/nspawn.pid"
}

case ${1:-} in
build) build ;;
boot | down) "$@" ;;
sh) inside "$2" /bin/bash -c "$3" ;;
*) sed -n 2,7p "$0" && exit 2 ;;
esac
