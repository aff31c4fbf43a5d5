#!/bin/sh
# Runs before nginx and writes what its configuration has to learn from the image and the machine: /tmp/gallery/*.conf.
#   BACKEND          where the backend answers (backend:8000)
#   TRUSTED_PROXIES  addresses or networks, by comma, of proxies before this one, whose X-Forwarded-* are believed (none)
set -eu

refuse() {
    echo "$1" >&2
    exit 1
}
backend=${BACKEND:-backend:8000}
proxies=$(printf %s "${TRUSTED_PROXIES:-}" | tr ',' ' ')
case $backend in *[!A-Za-z0-9.:_-]*) refuse "BACKEND is no host and port: $backend" ;; esac
case $proxies in *[!0-9A-Fa-f.:/\ ]*) refuse "TRUSTED_PROXIES takes addresses and networks, not: $proxies" ;; esac

mkdir -p /tmp/gallery
: > /tmp/gallery/modules.conf
brotli=/usr/lib/nginx/modules/ngx_http_brotli_static_module.so
if [ -e "$brotli" ]; then echo "load_module $brotli;" > /tmp/gallery/modules.conf; fi
{
    echo "listen 80 default_server;"
    # Without IPv6 in the kernel nginx would not start; with it, "localhost" may mean ::1.
    if [ -e /proc/net/if_inet6 ]; then echo "listen [::]:80 default_server;"; fi
} > /tmp/gallery/listen.conf
{
    if [ -e "$brotli" ]; then echo "brotli_static on;"; fi
    # A name that is looked up again: a backend that comes back under another address is found.
    awk '$1 == "nameserver" { a = $2 ~ /:/ ? "[" $2 "]" : $2; found = found " " a }
         END { if (found) print "resolver" found " valid=10s ipv6=off;" }' /etc/resolv.conf
    echo "map '' \$backend { default http://$backend; }"
    echo "geo \$realip_remote_addr \$from_proxy {"
    echo "    default 0;"
    for proxy in $proxies; do echo "    $proxy 1;"; done
    echo "}"
    if [ -n "$proxies" ]; then
        for proxy in $proxies; do echo "set_real_ip_from $proxy;"; done
        echo "real_ip_header X-Forwarded-For;"
        echo "real_ip_recursive on;"
    fi
} > /tmp/gallery/http.conf
