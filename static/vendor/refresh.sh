#!/usr/bin/env bash
# Fetch what the pages use from the npm registry again, at its pinned version: the files and their licence.
# The line that names a source map goes: the map is not shipped, and the manifest of static files would look for it.
set -euo pipefail
cd "$(dirname "$0")"
leaflet=1.9.4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "leaflet@$leaflet" >/dev/null
tar -xzf "$work/leaflet-$leaflet.tgz" -C "$work"
mkdir -p leaflet/images
sed '/^\/\/# sourceMappingURL=/d' "$work/package/dist/leaflet.js" > leaflet/leaflet.js
cp "$work/package/dist/leaflet.css" "$work/package/LICENSE" leaflet/
cp "$work"/package/dist/images/{layers,layers-2x,marker-icon}.png leaflet/images/  # named by the style sheet
