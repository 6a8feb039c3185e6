#!/usr/bin/env bash
# Requests from the registry the present digests of the images in docker-compose.yml and deploy/Dockerfile, and writes them to
# deploy/digests.yml, so that exactly the same images can be used later:
#   docker compose -f docker-compose.yml -f deploy/digests.yml up --build --wait
# It needs docker with buildx and access to the registry. If any digest is missing it writes nothing.
set -euo pipefail

root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)"
target="${1:-$root/deploy/digests.yml}"

resolve() {
    local digest
    [[ "$1" == *:* ]] || { echo "resolve-digests: an image is not found in the files; nothing written" >&2; exit 70; }
    digest="$(docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}')" || digest=""
    [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "resolve-digests: no digest of $1; nothing written" >&2; exit 69; }
    printf '%s@%s' "$1" "$digest"
}
image() { sed -n 's/^ *image: //p' "$root/docker-compose.yml" | grep "^$1:" | sort -u; }
argument() { sed -n "s/^ARG $1=//p" "$root/deploy/Dockerfile"; }

kafka="$(resolve "$(image apache/kafka)")"
postgres="$(resolve "$(image postgres)")"
swift="$(resolve "$(argument SWIFT_IMAGE)")"
runtime="$(resolve "$(argument RUNTIME_IMAGE)")"
{
    echo "# Written by deploy/resolve-digests.sh on $(date --utc +%Y-%m-%d)."
    echo "services:"
    for service in kafka-1 kafka-2 kafka-3 kafka-acls; do printf '  %s: {image: "%s"}\n' "$service" "$kafka"; done
    printf '  postgres: {image: "%s"}\n' "$postgres"
    for service in catalogue identity ordering redemption payout timer portal programmes operator bank; do
        printf '  %s: {build: {args: {SWIFT_IMAGE: "%s", RUNTIME_IMAGE: "%s"}}}\n' "$service" "$swift" "$runtime"
    done
} >"$target.new"
mv "$target.new" "$target"
echo "resolve-digests: wrote $target" >&2
