#!/bin/sh
# Writes .env from .env.example with strong secrets, unless there is one.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
    echo ".env is there already; nothing was changed."
    exit 0
fi
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
sed -e "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$(random)/" \
    -e "s/^SECRET_KEY=.*/SECRET_KEY=$(random)/" \
    -e "s/^REFRESH_SECRET_KEY=.*/REFRESH_SECRET_KEY=$(random)/" .env.example > .env
echo ".env was written with new secrets. Keep a copy of it in a safe place."
