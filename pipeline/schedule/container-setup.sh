#!/bin/sh
# Installs auszug from a wheel into an environment of its own, and tries it. Everything that the Containerfile does is
# done here, so that it can be done (and tested) without a container, too:
#
#   sh container-setup.sh WHEELS PREFIX DATA [OWNER]
#
#   WHEELS  folder with the wheel, and constraints.txt where the versions are to be pinned
#   PREFIX  where the environment is made, as in /opt/auszug
#   DATA    the working directory of the batches; corpora/ lies in it
#   OWNER   who may write there, as in 10001:10001 (only root can give it away)
#
# pip is steered by its own variables (PIP_NO_INDEX, PIP_FIND_LINKS).
set -eu

wheels=$1
prefix=$2
data=$3
owner=${4:-}

set -- "$wheels"/auszug-*.whl
if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  echo "container-setup: there has to be exactly one auszug-*.whl in $wheels" >&2
  exit 2
fi
wheel=$1

if [ ! -x "$prefix/bin/python" ]; then
  python3 -m venv "$prefix"
fi
set -- install --no-cache-dir --disable-pip-version-check --quiet
if [ -f "$wheels/constraints.txt" ]; then
  set -- "$@" --constraint "$wheels/constraints.txt"
fi
"$prefix/bin/python" -m pip "$@" "$wheel"

mkdir -p "$data/corpora"
if [ -n "$owner" ]; then
  chown "$owner" "$data" "$data/corpora"
fi

# it works: the excerpt that ships, from its text to an answer
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
cd "$trial"
"$prefix/bin/auszug" run seed --offline > "$trial/run.txt"
"$prefix/bin/auszug" sql "SELECT count(*) FROM statement" --format csv > "$trial/answer.txt"
echo "container-setup: $("$prefix/bin/auszug" --version) is installed in $prefix"
