#!/usr/bin/env bash
# Makes the secrets for docker-compose.yml, in a folder (by default this repository's):
#   .env                  all passwords and keys, each for one purpose, and the settings that an installation must fill in
#   deploy/tls/ca.pem     the authority that the brokers' certificate is checked against
#   deploy/tls/kafka.pem  the brokers' key and certificate
#
#   deploy/make-secrets.sh [--sandbox] [FOLDER]
#
# --sandbox fills in the settings of a trial: anybody can sign in as anybody, a bank that moves no money, a clock that an operator
# advances. Without it, set the offices, the bank and the paying account in .env before the start. An existing .env is not changed.
set -euo pipefail
umask 077

sandbox=false
if [[ "${1:-}" == --sandbox ]]; then
    sandbox=true
    shift
fi
folder="${1:-$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)}"
if [[ -e "$folder/.env" ]]; then
    echo "make-secrets: $folder/.env already exists and may be in use; move it away to make another" >&2
    exit 65
fi
mkdir -p "$folder/deploy/tls"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# The authority's key is not kept: a new certificate needs a new authority.
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
# The containers' users must be able to read these files; the folder's rights keep other users of this machine out.
chmod 0644 "$tls/ca.pem" "$tls/kafka.pem"

secret() { openssl rand -hex 24; }
# 16 bytes in Kafka's alphabet. The first character is a letter, so that no tool reads it as an option.
cluster() { printf 'Q%s' "$(openssl rand -base64 16 | tr '+/' '-_' | tr -d '=' | cut -c2-)"; }
{
    echo "# Made by deploy/make-secrets.sh. These secrets give access to everything: let nobody else read this file, and keep a copy."
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
        echo "# A sandbox: anybody can sign in as anybody, the bank moves no money, an operator advances the clock."
        echo "COMPOSE_PROFILES=sandbox"
        echo "QUAN_IDENTITY_SANDBOX_SIGN_IN=true"
        echo "QUAN_IDENTITY_CREDIT_SOURCE=sandbox-clean"
        echo "QUAN_REHEARSAL=true"
        echo "QUAN_REHEARSAL_STARTS_AT=2026-04-01T01:00:00Z"
        echo "QUAN_PAYOUT_BANK_URL=http://bank:8080"
        echo "QUAN_PAYOUT_PAYER_NAME=SANDBOX 沙箱付款账户"
        echo "QUAN_PAYOUT_PAYER_ACCOUNT=SANDBOX0000000000001"
        echo "QUAN_PAYOUT_PAYER_BANK_CODE=102100099996"
        echo "QUAN_OFFICES=beijing-2026/officer=00000000-0000-4000-8000-000000000001,beijing-2026/reviewer=00000000-0000-4000-8000-0000000000a1"
    else
        echo "# The offices of each programme (programme/role=organisation, separated by commas), the bank, and the paying account."
        echo "QUAN_OFFICES="
        echo "QUAN_PAYOUT_BANK_URL="
        echo "QUAN_PAYOUT_PAYER_NAME="
        echo "QUAN_PAYOUT_PAYER_ACCOUNT="
        echo "QUAN_PAYOUT_PAYER_BANK_CODE="
    fi
} >"$work/env"
mv "$work/env" "$folder/.env"
echo "make-secrets: wrote $folder/.env, $tls/ca.pem and $tls/kafka.pem" >&2
