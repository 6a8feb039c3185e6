#!/usr/bin/env bash
# probe PATH [TEXT]: succeeds if the service of this container answers PATH with 200, and the response contains TEXT if given.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/${QUAN_HTTP_PORT:-8080}"
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
answer="$(timeout 4 cat <&3 | tr -d '\0')"
[[ "$answer" == "HTTP/1.1 200 "* && "$answer" == *"${2:-}"* ]]
