#!/bin/sh
# Installs the system's programs that Careline, its demo and its tests run: the voice, the sound
# converter, the layout of flows' pictures, and the servers the tests talk to. On a system without
# apt-get, or without root, it only says what is missing; what needs a missing program says so again
# when it is used.
set -eu

missing=""
need() { # program, Debian package
    command -v "$1" >/dev/null 2>&1 || [ -n "$(find /usr/lib/postgresql -name "$1" 2>/dev/null)" ] \
        || missing="$missing $2"
}
need espeak-ng espeak-ng
need ffmpeg ffmpeg
need sipp sip-tester
need initdb postgresql
need dot graphviz

[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of package names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Please install:$missing (Debian names; apt-get needs root)"
fi
