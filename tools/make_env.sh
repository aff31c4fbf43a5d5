#!/bin/sh
# Writes .env from .env.example with strong secrets, unless there is one; lets the container write its error log.
set -eu
cd "$(dirname "$0")/.."
# The container's user is nobody on this machine. Where this may not be changed, errors go to the container's log alone.
chmod a+w backend/error.log 2>/dev/null || true
if [ -e .env ]; then
    echo ".env is there already; it was not changed."
    exit 0
fi
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# A quarter of a processor stays with the machine itself.
cpus=$(($(getconf _NPROCESSORS_ONLN) - 1)).75
umask 077
trap 'rm -f .env.new' EXIT
sed -e "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$(random)/" \
    -e "s/^SECRET_KEY=.*/SECRET_KEY=$(random)/" \
    -e "s/^REFRESH_SECRET_KEY=.*/REFRESH_SECRET_KEY=$(random)/" \
    -e "s/^#BACKEND_CPUS=.*/BACKEND_CPUS=$cpus/" .env.example > .env.new
mv .env.new .env
echo ".env was written with new secrets. Keep a copy of it in a safe place."
