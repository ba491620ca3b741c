#!/usr/bin/env bash
# Fetch axe-core again at its pinned version from the npm registry: the file and its licence. Used by tests only.
set -euo pipefail
cd "$(dirname "$0")"
version=4.14.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "axe-core@$version" >/dev/null
tar -xzf "$work"/axe-core-*.tgz -C "$work"
cp "$work/package/axe.min.js" axe.min.js
cp "$work/package/LICENSE" axe-core.LICENSE
