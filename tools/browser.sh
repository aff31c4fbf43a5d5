#!/bin/sh
# Prints the path of a Chromium for the end-to-end tests, installing one where there is none.
set -eu
find_browser() {
    for name in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}
find_browser && exit 0
if command -v apt-get >/dev/null; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "==> Installing Chromium" >&2
    if { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends chromium fonts-noto-core; } >&2; then
        find_browser && exit 0
    fi
fi
cd "$(dirname "$0")/../front"
npx playwright install chromium-headless-shell >&2
node -e 'console.log(require("@playwright/test").chromium.executablePath())'
