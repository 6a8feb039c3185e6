#!/usr/bin/env bash
# Makes what docker-compose.yml does not hold, in a folder (this repository's own where none is named):
#   .env                  every password and key, each made here and used once, and what an installation must say of itself
#   deploy/tls/ca.pem     the authority that services know the brokers by
#   deploy/tls/kafka.pem  the brokers' key and certificate
#
#   deploy/make-secrets.sh [--sandbox] [FOLDER]
#
# --sandbox fills in what a trial needs: anybody signs in as anybody, a bank that moves no money, a clock moved by hand.
# Without it say in .env who the offices are and where the bank is, before the start. An .env that is there is left alone.
set -euo pipefail
umask 077

sandbox=false
if [[ "${1:-}" == --sandbox ]]; then
    sandbox=true
    shift
fi
folder="${1:-$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)}"
if [[ -e "$folder/.env" ]]; then
    echo "make-secrets: $folder/.env is there already, and what it says is in use; move it away to make another" >&2
    exit 65
fi
mkdir -p "$folder/deploy/tls"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# The authority's own key is not kept: another certificate comes with another authority.
tls="$folder/deploy/tls"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Quan's Kafka" \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$work/ca.key" -out "$tls/ca.pem" 2>"$work/log" || { cat "$work/log" >&2; exit 70; }
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=kafka" \
    -keyout "$work/kafka.key" -out "$work/kafka.csr" 2>"$work/log" || { cat "$work/log" >&2; exit 70; }
cat >"$work/extensions" <<'END'
subjectAltName = DNS:kafka-1, DNS:kafka-2, DNS:kafka-3
extendedKeyUsage = serverAuth, clientAuth
END
openssl x509 -req -in "$work/kafka.csr" -CA "$tls/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -CAserial "$work/serial" \
    -days 3650 -extfile "$work/extensions" -out "$work/kafka.crt" 2>"$work/log" || { cat "$work/log" >&2; exit 70; }
cat "$work/kafka.key" "$work/kafka.crt" >"$tls/kafka.pem"
# The containers' users read these; on this machine the folder lets nobody else in.
chmod 0644 "$tls/ca.pem" "$tls/kafka.pem"

secret() { openssl rand -hex 24; }
# 16 bytes in Kafka's own alphabet; it begins with a letter, so that no tool takes it for an option.
cluster() { printf 'Q%s' "$(openssl rand -base64 16 | tr '+/' '-_' | tr -d '=' | cut -c2-)"; }
{
    echo "# Made by deploy/make-secrets.sh. Whoever reads this may do everything: keep it to yourself, and keep a copy."
    echo "QUAN_KAFKA_CLUSTER_ID=$(cluster)"
    echo "QUAN_KAFKA_BROKER_PASSWORD=$(secret)"
    echo "QUAN_KAFKA_SETUP_PASSWORD=$(secret)"
    echo "QUAN_OPERATOR_KAFKA_PASSWORD=$(secret)"
    echo "QUAN_POSTGRES_PASSWORD=$(secret)"
    for service in CATALOGUE IDENTITY ORDERING REDEMPTION PAYOUT TIMER PORTAL; do
        echo "QUAN_${service}_DATABASE_PASSWORD=$(secret)"
        echo "QUAN_${service}_KAFKA_PASSWORD=$(secret)"
    done
    echo "QUAN_IDENTITY_MASTER_KEY=$(secret)"
    echo "QUAN_PAYOUT_MASTER_KEYS=$(openssl rand -base64 32)"
    echo
    if "$sandbox"; then
        echo "# A sandbox: anybody signs in as anybody, the bank moves no money, the clock is moved by hand."
        echo "COMPOSE_PROFILES=sandbox"
        echo "QUAN_IDENTITY_SANDBOX_SIGN_IN=true"
        echo "QUAN_IDENTITY_CREDIT_SOURCE=sandbox-clean"
        echo "QUAN_REHEARSAL=true"
        echo "QUAN_REHEARSAL_STARTS_AT=2026-04-01T01:00:00Z"
        echo "QUAN_PAYOUT_BANK_URL=http://bank:8080"
        echo "QUAN_OFFICES=beijing-2026/officer=00000000-0000-4000-8000-000000000001,beijing-2026/reviewer=00000000-0000-4000-8000-0000000000a1"
    else
        echo "# Who the offices of each programme are (programme/role=organisation, separated by commas), and where the bank is."
        echo "QUAN_OFFICES="
        echo "QUAN_PAYOUT_BANK_URL="
    fi
} >"$work/env"
mv "$work/env" "$folder/.env"
echo "make-secrets: wrote $folder/.env, $tls/ca.pem and $tls/kafka.pem" >&2
