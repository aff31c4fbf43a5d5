#!/bin/sh
# Writes the files of ./secrets for deploy/secrets and deploy/monitoring. What .env says is taken over and leaves it;
# what is there already stays.
set -eu
cd "$(dirname "$0")/.."
if [ ! -e .env ]; then
    echo "There is no .env yet: make env" >&2
    exit 1
fi
moved=in-a-file
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
setting() { sed -n "s/^$1=//p" .env | tail -1; }

# The folder keeps everybody on this machine out; inside a container a file is read by whoever the service runs as.
umask 077
mkdir -p secrets
keep() { # FILE VALUE
    if [ ! -e "secrets/$1" ]; then
        printf %s "$2" > "secrets/$1"
        chmod 444 "secrets/$1"
    fi
}
given() { # NAME: what .env says, unless it says that it is in a file
    value=$(setting "$1")
    if [ "$value" = "$moved" ]; then
        echo "$1 is said to be in a file, but secrets/$(echo "$1" | tr A-Z a-z) is not there." >&2
        exit 1
    fi
    printf %s "$value"
}
for name in POSTGRES_PASSWORD SECRET_KEY REFRESH_SECRET_KEY BOT_TOKEN METRICS_TOKEN; do
    file=$(echo "$name" | tr A-Z a-z)
    if [ -e "secrets/$file" ]; then continue; fi
    value=$(given "$name")
    if [ "$name" = METRICS_TOKEN ] && [ -z "$value" ]; then value=$(random); fi
    keep "$file" "$value"
done
user=$(setting POSTGRES_USER)
database=$(setting POSTGRES_DB)
keep database_url "postgresql://${user:-app_user}:$(cat secrets/postgres_password)@db:5432/${database:-app_db}"
keep grafana_password "$(random)"

trap 'rm -f .env.new' EXIT
sed -e "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$moved/" -e "s/^SECRET_KEY=.*/SECRET_KEY=$moved/" \
    -e "s/^REFRESH_SECRET_KEY=.*/REFRESH_SECRET_KEY=$moved/" \
    -e 's/^BOT_TOKEN=.*/BOT_TOKEN=/' -e 's/^METRICS_TOKEN=.*/METRICS_TOKEN=/' .env > .env.new
mv .env.new .env
echo "The secrets are in ./secrets; .env names none any more. Keep a copy of the folder in a safe place."
